"""Random acts by random people: whatever they try, no case stands where the table does not lead.

Each run tries a handful of cases in one transaction, every act in a savepoint of its own, and rolls all back.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, multiple, rule, run_state_machine_as_test
from pydantic import TypeAdapter
from sqlalchemy import Engine

from api.routes.actions import _act
from api.schemas.acts import ActBody
from spatial.cases.conferences.conferring import end_conference, minute
from spatial.cases.conferences.deciding import DecisionDraft, decide
from spatial.cases.conferences.opening import OpeningDraft, open_conference
from spatial.cases.conferences.seating import Member
from spatial.cases.disputes.acting import LockedCase, lock_case, read_transitions
from spatial.cases.disputes.permitted import permission_for
from spatial.cases.disputes.rulings import RulingDraft
from spatial.cases.disputes.rulings import rule as rule_on
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.drafts import SelfSolved
from spatial.cases.evaluation.evaluations import SUBJECTS, give_score
from spatial.cases.lifecycle.flexible import resume_due
from spatial.cases.supervision.orders import get_order
from spatial.cases.supervision.replying import reply_to
from spatial.cases.verifying import list_strays
from spatial.errors import GridmapsError, IllegalAct, LockedByRuling
from spatial.store.events import Event, list_events, verify_chain
from spatial.store.reach import WHOLE_CITY
from tests.acting import file_case, held, later, new_photo
from tests.invariants import check_standings
from tests.random_acts import ACTS, BODIES, FORWARD, MATTERS, PEOPLE, UNITS, body_of
from tests.random_whistles import Whistling
from tests.worlds import B, T, W

_ADAPTER: TypeAdapter[Any] = TypeAdapter(ActBody)
_SOURCES = st.sampled_from(["public", "grid"])
_SCOPE = ScopeDraft(Area("radius", radius_m=50))
# A limit runs exactly in these states; at work it is the case's own.
_STEPS = """SELECT case_no, state FROM case_file
    WHERE (step_due_at IS NOT NULL) <> (state IN ('reported', 'filed', 'own_handling', 'pending', 'returned',
                                                  'handling', 'submitted', 'suspended'))
       OR state IN ('own_handling', 'handling') AND step_due_at <> due_at"""
_HANDLED = ("case.received", "case.submitted", "case.task_finished")


class Acts(Whistling):
    """Cases, people, and what they try; and the whistles of their streets."""

    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.moves = read_transitions(self.conn).moves
        self.returns: dict[str, int] = {}

    @rule(target=cases, matter=st.none() | MATTERS, unit=st.sampled_from([W, B, T]), source=_SOURCES)
    def file(self, matter: str | None, unit: str, source: str) -> str:
        """A report comes in; a matter without rules is a dispute, one under a precedent is handed over."""
        case = file_case(self.conn, matter, at=unit, now=self._later(), source=source)
        self.returns[case.case_no] = 0
        self.opened.append(case.case_no)
        return case.case_no

    @rule(number=cases, login=st.sampled_from(PEOPLE), body=BODIES)
    def act(self, number: str, login: str, body: dict[str, Any]) -> None:
        """Somebody tries something; what is refused changes nothing, and what is illegal tells what is legal."""
        asking = self.people[login]
        permission = permission_for(body["act"], body.get("phase"))
        before, reached = held(self.conn, number), False
        if "photos_after" in body:
            body = body | {"photos_after": [new_photo(self.conn)]}
        try:
            with self.conn.begin_nested():
                case = lock_case(self.conn, reach=asking.reach_for(permission), case_no=number)
                reached = True
                after = _act(self.conn, case, _ADAPTER.validate_python(body), asking, self._later())
        except GridmapsError as refused:
            assert held(self.conn, number) == before
            known = {act for origin, act, _ in self.moves if origin == before.state}
            if reached and body["act"] not in known:
                assert isinstance(refused, IllegalAct) and refused.legal == sorted(known), body
            assert not isinstance(refused, IllegalAct) or body["act"] not in known
            return
        assert asking.may(permission)
        assert held(self.conn, number) == after
        self.done.add(body["act"])
        if body["act"] == "return":
            assert before.ruling is None and before.precedent is None
            self.returns[number] += 1
            assert after.state == ("disputed" if self.returns[number] >= 2 else "returned")

    @rule(number=cases, other=cases, login=st.sampled_from(PEOPLE))
    def join(self, number: str, other: str, login: str) -> None:
        """Somebody joins two cases."""
        self.act(number, login, {"act": "merge", "into": other, "reason": "The same"})

    @rule(number=cases, data=st.data())
    def act_as_the_table_knows(self, number: str, data: st.DataObject) -> None:
        """Those who have the permission do acts that the states know, one upon the other, to come further."""
        for _ in range(4):
            state = held(self.conn, number).state
            known = sorted({act for origin, act, _ in self.moves if origin == state} & set(ACTS))
            if known:
                self._try_one_of(number, known, data)

    def _try_one_of(self, number: str, known: list[str], data: st.DataObject) -> None:
        body = data.draw(st.sampled_from(known).flatmap(body_of))
        permission = permission_for(body["act"], body.get("phase"))
        able = [login for login, person in self.people.items() if person.may(permission)]
        self.act(number, data.draw(st.sampled_from(able)), body)

    @rule(number=cases, times=st.integers(1, 5))
    def help_along(self, number: str, times: int) -> None:
        """Somebody does the next acts of the way to the end, so that runs come that far."""
        for _ in range(times):
            state = held(self.conn, number).state
            if state in FORWARD:
                self.act(number, *FORWARD[state])

    @rule(number=cases, subject=st.sampled_from(SUBJECTS), score=st.integers(1, 5))
    def score(self, number: str, subject: str, score: int) -> None:
        """Somebody gives points; the last that must be given evaluates the case."""
        words = {"subject": subject, "score": score, "words": "", "actor": "3"}
        self._try(lambda case: give_score(self.conn, case, **words, now=self._later()), number)

    @rule(number=cases, lead=st.sampled_from(UNITS), ends=st.booleans(), rules=st.booleans())
    def confer(self, number: str, lead: str, ends: bool, rules: bool) -> None:
        """A conference is opened where none is; the one that is open decides, or ends without a decision."""
        open_one = "SELECT id FROM conference WHERE case_no = %s AND state = 'open'"
        conference = self.conn.exec_driver_sql(open_one, (number,)).scalar_one_or_none()
        if conference is None:
            members = Member(person="A"), Member("roads")
            draft = OpeningDraft(number, "manual", reason="Three of them", members=members)
            self._try(lambda _: open_conference(self.conn, draft=draft, **self._by("2")), number, done="confer")
        elif ends:
            self._try(lambda _: end_conference(self.conn, conference, why="Not needed", **self._by("2")), number)
        else:
            self._try(lambda _: self._decide(conference, lead, rules), number, done="decide")

    def _decide(self, conference: int, lead: str, rules: bool) -> None:
        minute(self.conn, conference, text="Said", held_at=later(self.hours), **self._by("9"))
        draft = DecisionDraft(lead, (), "Duty list", scope=_SCOPE if rules else None)
        decide(self.conn, conference, draft=draft, ruling_reach=WHOLE_CITY, **self._by("9"))

    @rule(number=cases)
    def reply(self, number: str) -> None:
        """What a supervisor asked is answered in writing."""
        asked = "SELECT id FROM supervision_order WHERE case_no = %s AND kind = 'order' ORDER BY id DESC LIMIT 1"
        order = self.conn.exec_driver_sql(asked, (number,)).scalar_one_or_none()
        if order is not None:
            found = get_order(self.conn, reach=WHOLE_CITY, number=order, now=self._later())
            self._try(lambda _: reply_to(self.conn, found, text="Soon", **self._by("7")), number)

    @rule(days=st.sampled_from([0.5, 3, 120]))
    def time_passes(self, days: float) -> None:
        """Deadlines pass, and suspensions are over."""
        self.hours += 24 * days
        resume_due(self.conn, now=later(self.hours), limit=100)

    @rule(target=cases, login=st.sampled_from(PEOPLE), unit=st.sampled_from([W, B]))
    def file_solved(self, login: str, unit: str) -> Any:
        """Somebody files what he has solved; those of the place may, and their case is born closed."""
        asking = self.people[login]
        solved = SelfSolved("Swept", (new_photo(self.conn),), asking.reach_for("solve_own"))
        try:
            case = file_case(self.conn, "litter", at=unit, now=self._later(), source="grid", self_solved=solved)
        except AssertionError:
            assert not solved.reach.covers([unit[:6], unit[:9], unit[:12], unit])
            return multiple()
        assert (case.state, case.outcome, case.is_self_solved) == ("closed", "fixed", True)
        self.returns[case.case_no] = 0
        self.opened.append(case.case_no)
        return case.case_no

    @rule(number=cases, lead=st.sampled_from(UNITS), wide=st.booleans())
    def rule_on(self, number: str, lead: str, wide: bool) -> None:
        """The panel rules, if there is a dispute; the case is locked then."""
        disputes = "SELECT id FROM dispute WHERE case_no = %s AND state = 'open'"
        dispute = self.conn.exec_driver_sql(disputes, (number,)).scalar_one_or_none()
        panel = self.people["panel"]
        if dispute is None:
            return
        path = held(self.conn, number).current_path
        scope = ScopeDraft(Area("cells", cells=(path[0 if wide else -1],)))
        draft = RulingDraft(dispute, "written_instruction", ("Chair",), lead, (), "Duty list", scope)
        try:
            with self.conn.begin_nested():
                rule_on(self.conn, draft=draft, reach=panel.reach, actor=panel.sender, now=self._later())
        except GridmapsError as refused:
            assert lead in ("nobody", "@unit"), refused.sentence
            return
        self._try_to_return(number)

    def _try_to_return(self, number: str) -> None:
        administrator = self.people["administrator"]
        body = _ADAPTER.validate_python({"act": "return", "reason": "No", "basis": "List"})
        try:
            with self.conn.begin_nested():
                _act(self.conn, held(self.conn, number), body, administrator, self._later())
        except LockedByRuling as locked:
            assert locked.extra["precedent"]
            return
        raise AssertionError("a case that was ruled on came back as not mine")

    @invariant()
    def stands_as_its_rows_say(self) -> None:
        """Disputes open exactly where a case is disputed; held exactly by those it was handed to; returns counted; the
        time of its levels is its own; nothing is open in what is over; a limit runs where one must.
        """
        check_standings(self.conn)
        assert self.conn.exec_driver_sql(_STEPS).all() == []
        for number in self.opened:
            assert held(self.conn, number).returns == self.returns[number]

    @invariant()
    def came_here_by_legal_moves(self) -> None:
        """Each link is whole, begins where the last one ended, and is a row of the table; `verify` sees no stray."""
        assert list(list_strays(self.conn)) == []
        for number in self.opened:
            case = held(self.conn, number)
            links = list_events(self.conn, district=case.district, subject="case", subject_id=number)
            assert verify_chain(links) is None
            state = "reported"
            for link in links[1:]:
                told = link.payload
                if "act" in told:
                    assert told["from"] == state and (told["from"], told["act"], told["to"]) in self.moves, told
                    state = told["to"]
                assert told["state"] == state if "state" in told else "order" in told, told
            assert state == case.state and links[0].kind == "case.reported"
            _check_people(case, links)

    def _try(self, attempt: Callable[[LockedCase], object], number: str, *, done: str | None = None) -> None:
        before = held(self.conn, number)
        try:
            with self.conn.begin_nested():
                attempt(before)
        except GridmapsError:
            assert held(self.conn, number) == before
            return
        self.done |= {done} if done else set()


def _check_people(case: LockedCase, links: list[Event]) -> None:
    """Who handled a case did not check it, who sent it on again did not open it; a citizen was called back before his
    case was evaluated.
    """
    handlers: set[str] = set()
    sender, has_come_back = "", False
    for link in links:
        if link.kind == "case.dispatched":
            handlers, sender = set(), link.actor
        has_come_back |= link.kind == "case.returned"
        if link.kind == "case.received":
            assert not (has_come_back and link.actor == sender), link
        if link.kind == "case.result_verified":
            assert link.actor not in handlers, link
        if link.kind == "case.evaluated" and case.source == "public":
            assert link.payload["from"] == "called_back", link
        handlers |= {link.actor} if link.kind in _HANDLED else set()


def _run(engine: Engine, examples: int, steps: int, machine: type[Whistling] = Acts) -> set[str]:
    class Here(machine):  # type: ignore[valid-type, misc]
        """The machine over this run's database."""

    Here.engine, Here.done = engine, set()
    few = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck),
        database=None,
    )  # fmt: skip
    run_state_machine_as_test(Here, settings=few)
    return Here.done


def test_random_acts_by_random_people_leave_no_case_in_a_state_of_its_own(engine: Engine) -> None:
    assert _run(engine, 12, 30)


def test_whistles_at_random_hold_who_was_called_who_came_and_who_did_not(engine: Engine) -> None:
    assert _run(engine, 10, 30, Whistling)


@pytest.mark.long
def test_many_whistles_at_random_hold_the_same(engine: Engine) -> None:
    assert _run(engine, 40, 50, Whistling) >= {"whistle", "report_in", "resolve", "withdraw", "score_whistle"}


@pytest.mark.long
def test_many_random_acts_by_random_people_leave_no_case_in_a_state_of_its_own(engine: Engine) -> None:
    assert len(_run(engine, 40, 50)) > 20  # kinds of acts that were done
