"""Flexible space (弹性空间): extension, suspension and appeal, as arithmetic and as refusals.

- Extension (延期): at most twice, asked before the deadline, each adds the original limit to the current deadline.
  What was refused does not count.
- Suspension (挂账): once, for at most a year; the clock stands, and runs on by itself when the time is over.
- Appeal (申诉): once, only for a case that is closed and was closed late. What it changes is what is counted, not what
  happened.

Knows numbers and moments. Refuses to know who approves: the acts do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from spatial.cases.clocks.calendar import Calendar
from spatial.cases.clocks.horizon import marked
from spatial.cases.clocks.limits import Limit
from spatial.errors import Conflict, Invalid

MOST_EXTENSIONS = 2
MOST_SUSPENSIONS = 1
MOST_APPEALS = 1
LONGEST_SUSPENSION = timedelta(days=365)


@dataclass(frozen=True)
class Extended:
    """A deadline after an extension, the `number`th; `unknown_year` is one in which it was reckoned by weekends."""

    due_at: datetime
    number: int
    unknown_year: int | None = None

    @property
    def reason(self) -> str:
        """The case's due_reason from now on."""
        return marked(f"extension {self.number}", self.unknown_year)


def extend(
    calendar: Calendar,
    *,
    due_at: datetime,
    limit: Limit,
    extensions: int,
    paused: bool,
    now: datetime,
    most: int = MOST_EXTENSIONS,
) -> Extended:
    """One original limit more, from the current deadline; `extensions` are those granted before, `most` are allowed.

    Raises Conflict for one more than that, one asked when the deadline has passed, or while the clock stands.
    """
    if extensions >= most:
        raise Conflict(f"the case was extended {extensions} times, and no case is extended more often")
    if paused:
        raise Conflict("the case is suspended; its clock stands, and there is nothing to extend")
    if now > due_at:
        raise Conflict(f"the deadline passed at {due_at.isoformat()}; an extension is asked before it passes")
    longer = calendar.add(due_at, limit)
    return Extended(longer, extensions + 1, calendar.unknown_year(now, longer, limit.unit))


def check_suspension(
    *, suspensions: int, until: datetime, now: datetime, longest: timedelta = LONGEST_SUSPENSION
) -> None:
    """Whether a case may be suspended from now to a moment; `suspensions` are those before, `longest` is allowed.

    Raises Conflict for a second one, Invalid for an end that is past or further away.
    """
    if suspensions >= MOST_SUSPENSIONS:
        raise Conflict("the case was suspended before, and no case is suspended twice")
    if until <= now:
        raise Invalid("until must lie ahead", field="until")
    if until > now + longest:
        raise Invalid(f"until may be at most {longest.days} days from now", field="until")


def resumes_at(*, paused: datetime, until: datetime | None) -> datetime:
    """When the clock of a suspended case runs on by itself: at `until`, after a year at the latest."""
    latest = paused + LONGEST_SUSPENSION
    return latest if until is None else min(until, latest)


def left_when_stopped(
    calendar: Calendar, dues: Iterable[tuple[datetime | None, str]], *, paused: datetime
) -> dict[str, str]:
    """What is left of each deadline when the clock stops, exact, to be kept until it runs on.

    An edit of the calendar meanwhile says what will be: of days that were reckoned with it takes none away. Each
    deadline comes with its clock's unit.
    """
    return {_name(due_at, unit): str(calendar.measure(paused, due_at, unit)) for due_at, unit in dues if due_at}


def due_after_resuming(
    calendar: Calendar,
    *,
    due_at: datetime,
    unit: str,
    paused: datetime,
    resumed: datetime,
    left: Mapping[str, str] | None = None,
) -> datetime:
    """The deadline of a case whose clock stood: what was left of its limit is left again from `resumed` on.

    `left` is what `left_when_stopped` said; what it does not name is measured by the calendar as it stands.
    """
    kept = (left or {}).get(_name(due_at, unit))
    return calendar.resume(due_at, unit, paused=paused, resumed=resumed, left=None if kept is None else Fraction(kept))


def _name(due_at: datetime, unit: str) -> str:
    return f"{unit} {due_at.astimezone(UTC).isoformat()}"


def check_appeal(*, appeals: int, closed_at: datetime | None, due_at: datetime | None, missed: bool = False) -> None:
    """Whether a unit may appeal against the lateness of a case; `appeals` are those before, `missed` an older deadline.

    Raises Conflict for a second one, for a case that is not closed, and for one that was closed in time.
    """
    if appeals >= MOST_APPEALS:
        raise Conflict("an appeal was made on this case before, and there is only one")
    if closed_at is None:
        raise Conflict("the case is not closed; an appeal is made when it is")
    if not missed and (due_at is None or closed_at <= due_at):
        raise Conflict("the case was closed in time; there is nothing to appeal against")
