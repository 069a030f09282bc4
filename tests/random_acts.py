"""What random people try to do to a case: the bodies of every act, and the one that leads on from a state."""

from typing import Any

from hypothesis import strategies as st

from spatial.cases.lifecycle.handling import OUTCOMES

PEOPLE = (
    "administrator", "operator", "clerk", "clerk2", "handler", "sweeper", "panel", "leader", "officer", "supervisor",
)  # fmt: skip
UNITS = ("sanitation", "roads", "order", "@street", "@unit", "nobody")
PHOTO = "a" * 64
# Who does what to lead on from a state: whoever handles a case is not who checks it.
FORWARD: dict[str, tuple[str, dict[str, Any]]] = {
    "reported": ("operator", {"act": "accept"}),
    "own_handling": ("leader", {"act": "solve_own", "how": "Swept", "photos_after": [PHOTO]}),
    "filed": ("operator", {"act": "dispatch", "lead": "roads", "reason": "Theirs"}),
    "returned": ("operator", {"act": "dispatch", "lead": "order", "reason": "Theirs"}),
    "ruled": ("operator", {"act": "dispatch"}),
    "referred": ("operator", {"act": "recall", "note": "Ours"}),
    "pending": ("administrator", {"act": "receive"}),
    "handling": ("administrator", {"act": "submit", "photos_after": [PHOTO]}),
    "suspended": ("operator", {"act": "resume", "reason": "Dry"}),
    "submitted": ("operator", {"act": "verify_result", "passed": True}),
    "closed": ("operator", {"act": "call_back", "verdict": "satisfied", "outcome": "fixed", "score": 4}),
    "called_back": ("operator", {"act": "evaluate"}),
    "evaluated": ("supervisor", {"act": "reopen", "reason": "Still there"}),
    "merged": ("operator", {"act": "split", "reason": "Two bags"}),
}
SETTING = f"""INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '3', now());
    INSERT INTO provider (code, name, kind, contact) VALUES ('fix', 'Fixit', 'market', '1');
    INSERT INTO matter (code, name, step_limit, due_limit) VALUES ('noise', 'Noise', '1 hour', '1 day')"""
MATTERS = st.sampled_from(["litter", "pothole", "noise"])
_unit = st.none() | st.sampled_from(UNITS)
_asked = st.fixed_dictionaries(
    {
        "act": st.sampled_from(["extend", "suspend", "appeal"]),
        "phase": st.sampled_from(["ask", "approve", "refuse"]),
        "reason": st.just("Rain"),
    }
).map(lambda said: said | ({"until": "2026-08-01T00:00:00+08:00"} if said["act"] == "suspend" else {}))
BY_UNITS = st.one_of(
    st.fixed_dictionaries({"act": st.just("finish_task"), "unit": _unit}),
    st.fixed_dictionaries(
        {"act": st.just("assign_task"), "unit": st.sampled_from(UNITS), "is_mandatory": st.booleans()}
    ),
    st.fixed_dictionaries({"act": st.just("revoke_task"), "unit": st.sampled_from(UNITS)}),
    st.fixed_dictionaries(
        {"act": st.just("verify_result"), "passed": st.booleans(), "reason": st.sampled_from([None, "Still there"])}
    ),
    st.sampled_from([{"act": "ask_help", "note": "A crane"}, {"act": "contact_citizen"}]),
    _asked,
)
BEHIND = st.one_of(
    st.fixed_dictionaries(
        {
            "act": st.just("call_back"),
            "verdict": st.sampled_from(["satisfied", "dissatisfied"]),
            "outcome": st.sampled_from(OUTCOMES),
            "score": st.none() | st.integers(1, 5),
        }
    ),
    st.sampled_from([{"act": "call_back", "verdict": "not_reached"}, {"act": "evaluate"}]),
)
_early = st.one_of(
    st.fixed_dictionaries({"act": st.just("sort"), "category": MATTERS}),
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
    st.just({"act": "ask_check", "note": "Is it so?"}),
    st.fixed_dictionaries({"act": st.just("verify_report"), "is_true": st.booleans(), "note": st.just("Went there")}),
)
_late = st.one_of(
    *(
        st.just({"act": act, "reason": "Said so"})
        for act in ("void", "hand_over", "escalate", "order_down", "resume", "reopen", "split")
    ),
    st.sampled_from([{"act": "handle_own"}, {"act": "receive"}]),
    st.just({"act": "solve_own", "how": "Swept", "photos_after": [PHOTO]}),
    st.fixed_dictionaries({"act": st.just("supervise"), "note": st.just("What of it?"), "level": st.integers(1, 3)}),
    st.fixed_dictionaries(
        {
            "act": st.just("submit"),
            "outcome": st.sampled_from(OUTCOMES),
            "photos_after": st.just([PHOTO]),
            "note": st.sampled_from([None, "No way in"]),
        }
    ),
)
BODIES = st.one_of(_early, _late, BY_UNITS, BEHIND)
