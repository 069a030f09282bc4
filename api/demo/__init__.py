"""The city of the first run: its grid, its people and duties, its past, and its life while somebody watches."""
