"""What random people try to do to a case: bodies of every act, and the act that leads on from a state."""

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
    "closed": ("clerk", {"act": "call_back", "verdict": "satisfied", "outcome": "fixed", "score": 4}),
    "called_back": ("operator", {"act": "evaluate"}),
    "evaluated": ("supervisor", {"act": "reopen", "reason": "Still there"}),
    "merged": ("operator", {"act": "split", "reason": "Two bags"}),
}
SETTING = f"""INSERT INTO photo VALUES ('{PHOTO}', 'image/jpeg', 1, 1, '\\x00', '3', now());
    INSERT INTO provider (code, name, kind, contact) VALUES ('fix', 'Fixit', 'market', '1');
    INSERT INTO matter (code, name, step_limit, due_limit) VALUES ('noise', 'Noise', '1 hour', '1 day')"""
MATTERS = st.sampled_from(["litter", "pothole", "noise"])
_unit = st.none() | st.sampled_from(UNITS)
_named = st.sampled_from(UNITS)


def _said(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: one if isinstance(one, st.SearchStrategy) else st.just(one) for name, one in fields.items()}
    )


_reason = _said(reason="Said so")
_asked = _said(phase=st.sampled_from(["ask", "approve", "refuse"]), reason="Rain")
_heard = _said(
    verdict=st.sampled_from(["satisfied", "dissatisfied"]), outcome=st.sampled_from(OUTCOMES),
    score=st.none() | st.integers(1, 5),
)  # fmt: skip
# What may be said with each act that somebody does by himself; joining names another case and is a rule of its own.
_WORDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "sort": _said(category=MATTERS),
    "accept": _said(),
    "dispatch": _said(
        lead=_unit, assisting=st.none() | st.lists(_named, max_size=2), reason=st.sampled_from([None, "They said so"])
    ),
    "return": _said(unit=_unit, reason="No", basis="List"),
    "dispute": _said(note="Whose?"),
    "refer": _said(nature="market", provider="fix"),
    "contact": _said(),
    "recall": _said(note="Ours"),
    "order_interim": _said(unit="@street", note="Sweep"),
    "note_cost": _said(cost=3),
    "ask_check": _said(note="Is it so?"),
    "verify_report": _said(is_true=st.booleans(), note="Went there"),
    "handle_own": _said(),
    "solve_own": _said(how="Swept", photos_after=[PHOTO]),
    "receive": _said(),
    "submit": _said(outcome=st.sampled_from(OUTCOMES), photos_after=[PHOTO], note=st.sampled_from([None, "No way in"])),
    "finish_task": _said(unit=_unit),
    "assign_task": _said(unit=_named, is_mandatory=st.booleans()),
    "revoke_task": _said(unit=_named),
    "verify_result": _said(passed=st.booleans(), reason=st.sampled_from([None, "Still there"])),
    "supervise": _said(note="What of it?", level=st.integers(1, 3)),
    "extend": _asked,
    "suspend": _asked.map(lambda said: said | {"until": "2026-08-01T00:00:00+08:00"}),
    "appeal": _asked,
    "ask_help": _said(note="A crane"),
    "contact_citizen": _said(),
    "call_back": _heard | _said(verdict="not_reached"),
    "evaluate": _said(),
    "settle_call_back": _said(outcome=st.sampled_from(["reopen", "stays_closed"]), reason="Said so"),
    **dict.fromkeys(("void", "hand_over", "escalate", "order_down", "resume", "reopen", "split"), _reason),
}


def body_of(act: str) -> st.SearchStrategy[dict[str, Any]]:
    """A body of an act."""
    return _WORDS[act].map(lambda said: said | {"act": act})


ACTS = tuple(sorted(_WORDS))
BODIES = st.sampled_from(ACTS).flatmap(body_of)
