"""Random acts by random people: whatever they try, no case stands where the table does not lead.

Each run tries a handful of cases in one transaction, every act in a savepoint of its own, and rolls all back.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from pydantic import TypeAdapter
from sqlalchemy import Engine

from api.act_schemas import ActBody
from api.routes.actions import _act
from spatial.cases.disputes.acting import lock_case, read_transitions
from spatial.cases.disputes.permitted import permission_for
from spatial.cases.disputes.rulings import RulingDraft
from spatial.cases.disputes.rulings import rule as rule_on
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.drafts import SelfSolved
from spatial.cases.lifecycle.handling import OUTCOMES
from spatial.errors import GridmapsError, IllegalAct, LockedByRuling
from spatial.people.accounts import find_by_login
from spatial.store.events import list_events, verify_chain
from tests.acting import NOW, add_rows, file_case, held, later
from tests.invariants import check_standings
from tests.worlds import B, T, W

PEOPLE = (
    "administrator",
    "operator",
    "clerk",
    "clerk2",
    "handler",
    "sweeper",
    "panel",
    "leader",
    "officer",
    "supervisor",
)
UNITS = ("sanitation", "roads", "order", "@street", "@unit", "nobody")
PHOTO = "a" * 64
# The act that leads on from a state.
FORWARD: dict[str, dict[str, Any]] = {
    "reported": {"act": "accept"},
    "filed": {"act": "dispatch", "lead": "roads", "reason": "Theirs"},
    "returned": {"act": "dispatch", "lead": "order", "reason": "Theirs"},
    "pending": {"act": "receive"},
    "handling": {"act": "submit", "photos_after": [PHOTO]},
    "submitted": {"act": "verify_result", "passed": True},
    "closed": {"act": "reopen", "reason": "Still there"},
}
SETTING = f"""INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '3', now());
    INSERT INTO provider (code, name, kind, contact) VALUES ('fix', 'Fixit', 'market', '1');
    INSERT INTO matter (code, name, step_limit, due_limit) VALUES ('noise', 'Noise', '1 hour', '1 day')"""
_unit = st.none() | st.sampled_from(UNITS)
_matter = st.sampled_from(["litter", "pothole", "noise"])
_by_units = st.one_of(
    st.fixed_dictionaries({"act": st.just("finish_task"), "unit": _unit}),
    st.fixed_dictionaries(
        {"act": st.just("assign_task"), "unit": st.sampled_from(UNITS), "is_mandatory": st.booleans()}
    ),
    st.fixed_dictionaries({"act": st.just("revoke_task"), "unit": st.sampled_from(UNITS)}),
    st.fixed_dictionaries(
        {"act": st.just("verify_result"), "passed": st.booleans(), "reason": st.sampled_from([None, "Still there"])}
    ),
    st.fixed_dictionaries(
        {
            "act": st.sampled_from(["extend", "suspend", "appeal"]),
            "phase": st.sampled_from(["ask", "approve", "refuse"]),
            "reason": st.just("Rain"),
        }
    ).map(lambda said: said | ({"until": "2026-08-01T00:00:00+08:00"} if said["act"] == "suspend" else {})),
)
_bodies = st.one_of(
    st.fixed_dictionaries({"act": st.just("sort"), "category": _matter}),
    st.just({"act": "accept"}),
    st.fixed_dictionaries(
        {
            "act": st.just("dispatch"),
            "lead": _unit,
            "assisting": st.none() | st.lists(st.sampled_from(UNITS), max_size=2),
            "reason": st.sampled_from([None, "They said so"]),
        }
    ),
    st.fixed_dictionaries({"act": st.just("return"), "unit": _unit, "reason": st.just("No"), "basis": st.just("List")}),
    st.just({"act": "dispute", "note": "Whose?"}),
    st.just({"act": "refer", "nature": "market", "provider": "fix"}),
    st.just({"act": "contact"}),
    st.just({"act": "recall", "note": "Ours"}),
    st.just({"act": "order_interim", "unit": "@street", "note": "Sweep"}),
    st.just({"act": "note_cost", "cost": 3}),
    *(
        st.just({"act": act, "reason": "Said so"})
        for act in ("void", "hand_over", "escalate", "order_down", "resume", "reopen", "split")
    ),
    st.sampled_from([{"act": "handle_own"}, {"act": "receive"}]),
    st.just({"act": "solve_own", "how": "Swept", "photos_after": [PHOTO]}),
    st.fixed_dictionaries({"act": st.just("verify_report"), "is_true": st.booleans(), "note": st.just("Went there")}),
    st.fixed_dictionaries(
        {
            "act": st.just("submit"),
            "outcome": st.sampled_from(OUTCOMES),
            "photos_after": st.just([PHOTO]),
            "note": st.sampled_from([None, "No way in"]),
        }
    ),
    _by_units,
)
_ADAPTER: TypeAdapter[Any] = TypeAdapter(ActBody)


class Acts(RuleBasedStateMachine):
    """Cases, people, and what they try."""

    cases = Bundle("cases")
    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.conn = self.engine.connect()
        add_rows(self.conn, SETTING)
        self.people = {login: find_by_login(self.conn, login=login, at=NOW) for login in PEOPLE}
        self.moves = read_transitions(self.conn).moves
        self.hours = 0.0
        self.returns: dict[str, int] = {}
        self.opened: list[str] = []

    @rule(target=cases, matter=st.none() | _matter, unit=st.sampled_from([W, B, T]))
    def file(self, matter: str | None, unit: str) -> str:
        """A report comes in; a matter without rules is a dispute, one under a precedent is handed over."""
        case = file_case(self.conn, matter, at=unit, now=self._later())
        self.returns[case.case_no] = 0
        self.opened.append(case.case_no)
        return case.case_no

    @rule(number=cases, login=st.sampled_from(PEOPLE), body=_bodies)
    def act(self, number: str, login: str, body: dict[str, Any]) -> None:
        """Somebody tries something; what is refused changes nothing."""
        asking = self.people[login]
        permission = permission_for(body["act"], body.get("phase"))
        assert asking is not None
        before = held(self.conn, number)
        try:
            with self.conn.begin_nested():
                case = lock_case(self.conn, reach=asking.reach_for(permission), case_no=number)
                after = _act(self.conn, case, _ADAPTER.validate_python(body), asking, self._later())
        except GridmapsError as refused:
            assert held(self.conn, number) == before
            known = {act for origin, act, _ in self.moves if origin == before.state}
            assert not isinstance(refused, IllegalAct) or body["act"] not in known
            return
        assert asking.may(permission)
        assert held(self.conn, number) == after
        if body["act"] == "return":
            assert before.ruling is None and before.precedent is None
            self.returns[number] += 1
            assert after.state == ("disputed" if self.returns[number] >= 2 else "returned")

    @rule(number=cases, other=cases, login=st.sampled_from(PEOPLE))
    def join(self, number: str, other: str, login: str) -> None:
        """Somebody joins two cases."""
        self.act(number, login, {"act": "merge", "into": other, "reason": "The same"})

    @rule(number=cases, body=_by_units, decided=st.booleans())
    def by_its_unit(self, number: str, body: dict[str, Any], decided: bool) -> None:
        """Somebody who may do all acts for the lead unit, or the operator decides what was asked."""
        self.act(number, "operator" if decided and "phase" in body else "administrator", body)

    @rule(number=cases)
    def help_along(self, number: str) -> None:
        """Somebody who may do all does the next act of the way to the end, so that runs come that far."""
        state = held(self.conn, number).state
        if state in FORWARD:
            self.act(number, "administrator", FORWARD[state])

    @rule(target=cases, login=st.sampled_from(PEOPLE), unit=st.sampled_from([W, B]))
    def file_solved(self, login: str, unit: str) -> Any:
        """Somebody files what he has solved; those of the place may, and their case is born closed."""
        asking = self.people[login]
        assert asking is not None
        solved = SelfSolved("Swept", (PHOTO,), asking.reach_for("solve_own"))
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
        if dispute is None or panel is None:
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
        assert administrator is not None
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
        """Disputes open exactly where a case is disputed; held exactly by those it was handed to; returns counted."""
        check_standings(self.conn)
        for number in self.opened:
            assert held(self.conn, number).returns == self.returns[number]

    @invariant()
    def came_here_by_legal_moves(self) -> None:
        """Each link is whole, begins where the last one ended, and is a row of the table."""
        for number in self.opened:
            case = held(self.conn, number)
            links = list_events(self.conn, district=case.district, subject="case", subject_id=number)
            assert verify_chain(links) is None
            state = "reported"
            for link in links[1:]:
                told = link.payload
                assert told["from"] == state and (told["from"], told["act"], told["to"]) in self.moves, told
                state = told["to"]
            assert state == case.state and links[0].kind == "case.reported"

    def _later(self) -> Any:
        self.hours += 0.1
        return later(self.hours)

    def teardown(self) -> None:
        """Nothing stays."""
        self.conn.rollback()
        self.conn.close()


def _run(engine: Engine, examples: int, steps: int) -> None:
    class Town(Acts):
        """The machine over this run's database."""

    Town.engine = engine
    few = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck),
        database=None,
    )  # fmt: skip
    run_state_machine_as_test(Town, settings=few)


def test_random_acts_by_random_people_leave_no_case_in_a_state_of_its_own(engine: Engine) -> None:
    _run(engine, 8, 25)


@pytest.mark.long
def test_many_random_acts_by_random_people_leave_no_case_in_a_state_of_its_own(engine: Engine) -> None:
    _run(engine, 60, 60)
