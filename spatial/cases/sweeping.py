"""One sweep: everything that is due because time has passed, done once however often and by however many it is asked.

A composition: what governance sweeps (briefs, alarms, ruled cases), then the stages in their order, each page of at
most 1,000 in a transaction of its own. Killed anywhere, the next sweep goes on from what is written. Rows bear the
moments at which they were due. Refuses to know what a stage does, to wake readers, and to deliver messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from spatial.cases.conferences.opening import end_overtaken_conferences, open_due_conferences
from spatial.cases.conferences.overdue import chase_late_actions
from spatial.cases.conferences.whistles import tell_absent
from spatial.cases.disputes import sweeping as governance
from spatial.cases.lifecycle.flexible import resume_due
from spatial.cases.supervision.climbing import climb_orders
from spatial.cases.supervision.ordering import chase_parts, chase_yellow, order_late_parts, order_red
from spatial.cases.supervision.reckoning import reckon_edited
from spatial.cases.supervision.stages import Place, Stage, counted
from spatial.cases.supervision.warning import fill_warnings
from spatial.store.db import transaction

PAGE = governance.PAGE
# In this order: a case that resumes has a deadline again, warnings are reckoned before they are looked for, and an
# order that is written may climb at once when nobody has swept for long.
STAGES: Mapping[str, Stage] = {
    "resumed": counted(resume_due),
    "rewarned": reckon_edited,
    "warned": fill_warnings,
    "chased": chase_yellow,
    "parts_chased": chase_parts,
    "ordered": order_red,
    "parts_ordered": order_late_parts,
    "climbed": climb_orders,
    "overtaken": counted(end_overtaken_conferences),
    "convened": counted(open_due_conferences),
    "absent": counted(tell_absent),
    "acted_late": counted(chase_late_actions),
}


@dataclass(frozen=True)
class Swept:
    """What a sweep did: briefs issued and closed, rows on the leader's list, cases handed over, and each stage's.

    `reopened` are ruled cases that are a dispute again, because the unit that they were for has ended.
    """

    briefs: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    alarms: int = 0
    dispatched: tuple[str, ...] = ()
    stages: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    reopened: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was due."""
        papers = self.briefs or self.closed or self.alarms or self.dispatched or self.reopened
        return not (papers or any(self.stages.values()))


def sweep(engine: Engine, *, now: datetime, page: int = PAGE) -> Swept:
    """Do all that is due by now. Safe twice at once, and after an outage: what was missed is caught up."""
    papers = governance.sweep(engine, now=now, page=page)
    done = {name: _whole(engine, stage, now, page) for name, stage in STAGES.items()}
    return Swept(papers.briefs, papers.closed, papers.alarms, papers.dispatched, done, papers.reopened)


def _whole(engine: Engine, stage: Stage, now: datetime, page: int) -> int:
    total, behind = 0, _NOWHERE
    while True:
        with transaction(engine) as conn:
            paged = stage(conn, now=now, limit=page, behind=behind)
        total, behind = total + paged.done, paged.behind
        if not paged.more:
            return total


_NOWHERE: Place | None = None
