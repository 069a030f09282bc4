"""Cases: intake, ownership, numbers, and the list of them within a reach."""
