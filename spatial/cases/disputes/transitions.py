"""The table of moves: which act leads a case from which state to which, and the step that people see.

Pure: the rows of the table come in as a value. Refuses to know why somebody wants to move a case, and whether
he may.
"""

from dataclasses import dataclass

from spatial.errors import IllegalAct


@dataclass(frozen=True)
class Transitions:
    """The table as it stands: the step of each state, and the moves as (from state, act, to state)."""

    steps: dict[str, str]
    moves: frozenset[tuple[str, str, str]]

    def legal(self, state: str) -> tuple[str, ...]:
        """The acts that a state knows, in the order of the alphabet."""
        return tuple(sorted({act for origin, act, _ in self.moves if origin == state}))

    def targets(self, state: str, act: str) -> tuple[str, ...]:
        """The states that an act may lead to from here; none where the act is illegal."""
        return tuple(sorted(to for origin, known, to in self.moves if (origin, known) == (state, act)))


def check_act(transitions: Transitions, *, state: str, act: str) -> None:
    """Raise IllegalAct, with the legal acts, where the state does not know the act."""
    if not transitions.targets(state, act):
        raise _illegal(transitions, state, f"a case that is {state} knows no act {act}")


def check_move(transitions: Transitions, *, state: str, act: str, to: str) -> str:
    """The step of the state that the act leads to. Raises IllegalAct, with the legal acts, for another move."""
    check_act(transitions, state=state, act=act)
    if (state, act, to) not in transitions.moves:
        raise _illegal(transitions, state, f"the act {act} does not lead from {state} to {to}")
    return transitions.steps[to]


def _illegal(transitions: Transitions, state: str, sentence: str) -> IllegalAct:
    return IllegalAct(sentence, field="act", extra={"state": state}).naming(transitions.legal(state))
