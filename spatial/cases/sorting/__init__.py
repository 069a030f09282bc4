"""Sorting: from a report's words to its matter, with a confidence; below a threshold a clerk decides.

`keywords.py` is the cold start, `model.py` what a district learned from its own cases, `sorter.py` asks both.
scikit-learn is imported only by `training.py`: who only sorts never waits for it. Refuses to move a case.
"""

from spatial.cases.sorting.sorter import Sorted, Sorter, read_sorter, sort_many, sort_text

__all__ = ["Sorted", "Sorter", "read_sorter", "sort_many", "sort_text"]
