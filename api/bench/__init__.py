"""Measurements beside what others do: same points, same run, one core, answers compared point by point.

Knows ours and the peers (optional extra `bench`). Refuses to state a ratio without the comparison beside it.
"""
