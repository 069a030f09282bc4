"""The one port: the same complaint is recognised on the way in, and every answer to a citizen leaves here.

Others tell citizens by `tell_citizen` alone; nothing else in the program may write to one.
"""

from spatial.cases.port.telling import KINDS, kind_of, tell_citizen, tell_citizens

__all__ = ["KINDS", "kind_of", "tell_citizen", "tell_citizens"]
