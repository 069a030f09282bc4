"""Call-backs, two-way evaluation, and the figures by which areas, departments and posts are judged."""

from spatial.cases.evaluation.answering import record_call_back
from spatial.cases.evaluation.call_backs import Said

__all__ = ["Said", "record_call_back"]
