"""Locating points in files of any size: read in batches, placed, written in batches.

Memory is bounded by the batch, not by the file. Knows files and columns; refuses to know where the index comes
from and how a person is told about progress.
"""
