"""Ways in: HTTP and the command line. Knows how to ask; leaves the answers to the domain."""
