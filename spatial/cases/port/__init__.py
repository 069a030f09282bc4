"""The one port: the same complaint is recognised on the way in, and every answer to a citizen leaves here.

What a case's events mean for its citizens is decided here; nothing else in the program may write to one.
"""

from spatial.cases.port.telling import KINDS, tell_citizen, tell_events

__all__ = ["KINDS", "tell_citizen", "tell_events"]
