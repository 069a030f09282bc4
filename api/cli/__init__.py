"""The commands of `gridmaps`, one module for each noun."""
