"""Random whistles: streets call, units report in or do not, are released or late, results and scores are written.

Beside the store stands what it should hold, one call at a time; every step compares the two.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, multiple, rule

from api.speaking import units_of
from spatial.cases.conferences.whistle_list import Whistle, get_whistle
from spatial.cases.conferences.whistles import (
    OUTCOMES,
    ReportIn,
    WhistleDraft,
    raise_whistle,
    report_in,
    resolve,
    score,
    tell_absent,
    withdraw,
)
from spatial.errors import GridmapsError
from spatial.store.events import list_events, verify_chain
from spatial.store.reach import WHOLE_CITY
from tests.acting import later
from tests.random_acts import PEOPLE, UNITS
from tests.random_town import Town
from tests.worlds import DISTRICT, B, T, W, inside

_TYPES = st.sampled_from(["citizens_problem", "joint_enforcement", "emergency"])
_CALLED = st.lists(st.sampled_from(UNITS), min_size=1, max_size=3).map(tuple)


@dataclass
class Expected:
    """What the store should hold of a call."""

    due_at: datetime
    arrived_at: datetime | None = None
    released_at: datetime | None = None
    is_told: bool = False

    def is_absent(self, now: datetime) -> bool:
        """Whether nobody came by then who should have, and nobody let him off before."""
        is_off = self.released_at is not None and self.released_at <= self.due_at
        return self.arrived_at is None and self.due_at < now and not is_off


class Whistling(Town):
    """Whistles of the town."""

    whistles = Bundle("whistles")

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[int, dict[str, Expected]] = {}
        self.ends: dict[int, str] = {}
        self.heard: dict[int, int] = {}

    @rule(
        target=whistles, login=st.sampled_from(PEOPLE), unit=st.sampled_from([W, B, T]), type=_TYPES, units=_CALLED,
        radius_m=st.sampled_from([None, 50.0]), wanted=st.sampled_from([None, -1.0, 2.0, 50.0]), about=st.booleans(),
    )  # fmt: skip
    def call(self, login: str, unit: str, about: bool, wanted: float | None, **said: Any) -> Any:
        """A street calls units to a place in its territory; nobody calls for another's."""
        asking, street, now = self.people[login], f"@{unit[:9]}", self._later()
        own = units_of(asking, "whistle") if asking.may("whistle") else frozenset()
        if own is not None and street not in own:
            return multiple()
        lon, lat = inside(unit)
        draft = WhistleDraft(
            **said, street=street, what="A burst main", lon=lon, lat=lat,
            wanted_at=None if wanted is None else now + timedelta(hours=wanted),
            case_no=self.opened[-1] if about and self.opened else None,
        )  # fmt: skip
        try:
            with self.conn.begin_nested():
                number = raise_whistle(
                    self.conn, draft=draft, reach=asking.reach_for("whistle"), actor=asking.sender, now=now
                )
        except GridmapsError:
            return multiple()
        found = self._whistle(number)
        assert asking.reach_for("whistle").covers([unit[:6], unit[:9], unit[:12], unit]) and found.due_at > now
        assert street not in {one.unit for one in found.calls}
        self.calls[number] = {one.unit: Expected(one.due_at) for one in found.calls}
        self.ends[number], self.heard[number] = "raised", 0
        self.done.add("whistle")
        return number

    @rule(
        number=whistles, login=st.sampled_from(PEOPLE), unit=st.sampled_from(UNITS), place=st.sampled_from([W, B, T]),
        accuracy=st.sampled_from([3.0, 900.0]), ago=st.sampled_from([0.0, 0.05, 500.0, -1.0]),
    )  # fmt: skip
    def report(self, number: int, login: str, unit: str, place: str, accuracy: float, ago: float) -> None:
        """Somebody says that a unit is there."""
        self._report(number, login, unit, place, accuracy, ago)

    @rule(number=whistles, data=st.data())
    def come(self, number: int, data: st.DataObject) -> None:
        """A called unit comes to the place."""
        unit = data.draw(st.sampled_from(sorted(self.calls[number])))
        self._report(number, "administrator", unit, self._whistle(number).unit, 3.0, 0.0)

    def _report(self, number: int, login: str, unit: str, place: str, accuracy: float, ago: float) -> None:
        asking, now, (lon, lat) = self.people[login], self._later(), inside(place)
        if not asking.may("report_in"):
            return
        own = units_of(asking, "report_in")
        said = ReportIn(unit, lon, lat, accuracy, captured_at=now - timedelta(hours=ago))
        try:
            with self.conn.begin_nested():
                arrival = report_in(
                    self.conn, number, said=said, own=own, reach=asking.reach_for("report_in"), actor=asking.sender,
                    now=now,
                )  # fmt: skip
        except GridmapsError:
            return
        call = self.calls[number][unit]
        assert own is None or unit in own
        assert call.arrived_at is None and call.released_at is None, "came twice, or behind his release"
        assert self.ends[number] == "raised" or now <= call.due_at, "came to what was over"
        self.heard[number] += 1
        if arrival.counts:
            assert accuracy < 200 and ago in (0.0, 0.05)
            assert place == self._whistle(number).unit
            call.arrived_at = now
            self.done.add("report_in")

    @rule(
        number=whistles, login=st.sampled_from(("administrator", "clerk", "handler")),
        outcome=st.sampled_from(OUTCOMES),
        released=st.just([]) | st.lists(st.sampled_from(UNITS), max_size=2),
    )  # fmt: skip
    def finish(self, number: int, login: str, outcome: str, released: list[str]) -> None:
        """The joint result is recorded; who is named is released, and nobody else."""
        asking, now = self.people[login], self._later()
        said: dict[str, Any] = {"outcome": outcome, "result": "Shut it", "released": released}
        if self._ends(number, login, lambda by: resolve(self.conn, number, **said, **by, now=now)):
            for unit in set(released):
                call = self.calls[number][unit]
                assert call.arrived_at is None and call.due_at >= now, f"{unit} was there, or late"
                call.released_at = now
            self.ends[number] = "resolved"
            assert asking.may("whistle")
            self.done.add("resolve")

    @rule(number=whistles, login=st.sampled_from(PEOPLE))
    def call_off(self, number: int, login: str) -> None:
        """Nobody is needed: all who are not there are released."""
        now = self._later()
        if self._ends(number, login, lambda by: withdraw(self.conn, number, reason="Rain", **by, now=now)):
            for call in self.calls[number].values():
                call.released_at = now if call.arrived_at is None else None
            self.ends[number] = "withdrawn"
            self.done.add("withdraw")

    def _ends(self, number: int, login: str, end: Any) -> bool:
        """Whether somebody who may whistle has ended one that stood."""
        asking = self.people[login]
        if not asking.may("whistle"):
            return False
        try:
            with self.conn.begin_nested():
                end({"reach": asking.reach_for("whistle"), "actor": asking.sender})
        except GridmapsError:
            return False
        assert self.ends[number] == "raised", "ended twice"
        return True

    @rule(number=whistles, unit=st.sampled_from(UNITS), points=st.integers(1, 5), by_street=st.booleans())
    def judge(self, number: int, unit: str, points: int, by_street: bool) -> None:
        """The street scores a unit, or the unit the street."""
        now, street = self._later(), self._whistle(number).street
        by, about = (street, unit) if by_street else (unit, street)
        before = {(one.by_unit, one.about) for one in self._whistle(number).scores}
        words: dict[str, Any] = {"note": "", "own": None, "reach": WHOLE_CITY, "actor": "1", "now": now}
        try:
            with self.conn.begin_nested():
                score(self.conn, number, by=by, about=about, points=points, **words)
        except GridmapsError:
            return
        call = self.calls[number][unit]
        assert self.ends[number] == "resolved" and (by, about) not in before
        assert call.arrived_at is not None or call.is_absent(now), f"{unit} was never due"
        self.done.add("score_whistle")

    @rule(hours=st.sampled_from([0.3, 2.0, 30.0]))
    def absences_are_told(self, hours: float) -> None:
        """Time passes, and who is absent is told of, each once."""
        self.hours += hours
        now = self._later()
        absent = [call for one in self.calls.values() for call in one.values() if call.is_absent(now)]
        due = [call for call in absent if not call.is_told]
        assert tell_absent(self.conn, now=now, limit=100) == len(due)
        assert tell_absent(self.conn, now=now, limit=100) == 0
        for call in due:
            call.is_told = True

    @invariant()
    def whistles_stand_as_they_were_left(self) -> None:
        """State, arrivals, releases, colours and the count of report-ins are what was done; the chain tells each."""
        for number, calls in self.calls.items():
            found = self._whistle(number)
            assert found.state == self.ends[number] and len(found.report_ins) == self.heard[number]
            stored = {one.unit: (one.due_at, one.arrived_at, one.released_at) for one in found.calls}
            assert stored == {unit: (one.due_at, one.arrived_at, one.released_at) for unit, one in calls.items()}
            for one in found.calls:
                assert one.colour == self._colour(calls[one.unit]), one
            links = list_events(self.conn, district=DISTRICT, subject="whistle", subject_id=str(number))
            assert verify_chain(links) is None and links[0].kind == "whistle.raised"
            told = [link.kind for link in links]
            assert told.count("whistle.reported_in") == self.heard[number]
            assert told.count("whistle.absent") == sum(one.is_told for one in calls.values())

    def _colour(self, call: Expected) -> str:
        if call.arrived_at is not None:
            return "green" if call.arrived_at <= call.due_at else "red"
        return "red" if call.is_absent(later(self.hours)) else "grey"

    def _whistle(self, number: int) -> Whistle:
        return get_whistle(self.conn, number, reach=WHOLE_CITY, text_reach=WHOLE_CITY, now=later(self.hours))
