"""Whose is it: matter x place x moment -> lead, assisting, supervising, with what was rejected and why.

The table decides where its most specific rows name one lead. Where they name none or several, a precedent may. Where
nobody is named, territory holds the case (属地兜底): its body acts first, and the case is a dispute. A position whose
accuracy reaches over a border is asked in every way that it may be, and told as ambiguous.

Pure: a question and what was read for it in, a decision out; so it can be replayed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from spatial.cases.disputes.precedents import WHY_NOT, Precedent, choose
from spatial.cases.responsibility import saying
from spatial.cases.responsibility.decision import (
    TERRITORY,
    Alternative,
    Body,
    Decision,
    DutyRow,
    Ground,
    Question,
    Rejected,
    Scene,
    UnitName,
)
from spatial.cases.responsibility.specificity import split_front

ReadPrecedents = Callable[[], Sequence[Precedent]]


@dataclass(frozen=True)
class _Outcome:
    """What one scene leads to."""

    lead: str | None
    assisting: tuple[str, ...]
    supervising: tuple[str, ...]
    decided_by: str
    precedent: Precedent | None
    rows: tuple[DutyRow, ...]
    rejected: tuple[Rejected, ...]
    claims: tuple[str, ...]


def decide(question: Question, ground: Ground, precedents: ReadPrecedents, *, revision: int) -> Decision:
    """The owner of a matter at a position, by what was read for it; precedents are read only if they are needed."""
    here, *elsewhere = ground.scenes
    outcome = _outcome(question, ground, here, precedents)
    others = [(scene, _outcome(question, ground, scene, precedents)) for scene in elsewhere]
    alternatives = _claims(outcome, ground, here) + _alternatives(outcome, others, here, ground)
    territorial = tuple(_body(ground, code) for code in reversed(here.path) if code in ground.names)
    decision = Decision(
        territorial=territorial,
        lead=_unit(ground, outcome.lead) if outcome.lead else None,
        assisting=tuple(_unit(ground, ref) for ref in outcome.assisting),
        supervising=tuple(_unit(ground, ref) for ref in outcome.supervising),
        certainty=_certainty(question, outcome, alternatives),
        decided_by=outcome.decided_by,
        precedent=outcome.precedent.number if outcome.precedent else None,
        rows=outcome.rows,
        rejected=outcome.rejected,
        alternatives=alternatives,
        interim=_interim(ground, territorial) if outcome.decided_by == "territory" else None,
        matter=question.matter.code if question.matter else None,
        nodes=question.matter.nodes if question.matter else (),
        attributes=question.attributes,
        at=question.at,
        known_at=question.known_at,
        revision=revision,
    )
    return saying.with_reasons(decision, question, ground)


def _outcome(question: Question, ground: Ground, scene: Scene, precedents: ReadPrecedents) -> _Outcome:
    rows = [row for row in ground.rows if row.holds(question.at, question.known_at) and _applies(row, scene)]
    front, beaten = split_front(rows)
    rejected = tuple(_rejected(row, why) for row, why in beaten)
    leads = _distinct(bind(row.lead, scene.path, ground) for row in front)
    if len(leads) == 1:
        return _by_table(leads[0], front, rejected, scene, ground)
    return _without_table(question, ground, scene, precedents, tuple(front), rejected, leads)


def _by_table(
    lead: str, front: Sequence[DutyRow], rejected: tuple[Rejected, ...], scene: Scene, ground: Ground
) -> _Outcome:
    assisting = _distinct(bind(ref, scene.path, ground) for row in front for ref in row.assisting)
    supervising = _distinct(bind(ref, scene.path, ground) for row in front for ref in row.supervising)
    helpers = tuple(ref for ref in assisting if ref != lead)
    return _Outcome(lead, helpers, tuple(supervising), "table", None, tuple(front), rejected, ())


def _without_table(
    question: Question,
    ground: Ground,
    scene: Scene,
    precedents: ReadPrecedents,
    front: tuple[DutyRow, ...],
    rejected: tuple[Rejected, ...],
    leads: list[str],
) -> _Outcome:
    nodes = question.matter.nodes if question.matter else ()
    chosen, refused = choose(
        precedents() if nodes else [], matters=nodes, attributes=dict(question.attributes), path=scene.path,
        lon=question.lon, lat=question.lat, at=question.at, known_at=question.known_at,
        ended=[code for code, one in ground.departments.items() if one.has_ended(question.at)],
    )  # fmt: skip
    # What was recorded later was not there to be rejected: a replay would tell more than was told.
    known = ((one, why) for one, why in refused if why != "not_recorded")
    rejected += tuple(Rejected("precedent", one.number, one.lead, why, *WHY_NOT[why]) for one, why in known)
    if chosen is not None:
        rejected += tuple(_rejected(row, "tie") for row in front)
        lead = bind(chosen.lead, scene.path, ground)
        assisting = _distinct(bind(ref, scene.path, ground) for ref in chosen.assisting)
        return _Outcome(lead, tuple(assisting), (), "precedent", chosen, (), rejected, ())
    by = "table" if leads else "territory" if scene.path else "nobody"
    return _Outcome(None, (), (), by, None, front, rejected, tuple(leads))


def _rejected(row: DutyRow, why: str) -> Rejected:
    return Rejected("row", str(row.id), row.lead, why, *saying.WHY_NOT[why])


def _applies(row: DutyRow, scene: Scene) -> bool:
    if row.place.kind == "level":
        return len(scene.path) >= (row.place.rank or 1)
    if row.place.kind == "cell":
        return row.place.code in scene.path
    return row.place.jurisdiction in scene.inside


def bind(ref: str, path: tuple[str, ...], ground: Ground) -> str:
    """A reference as it stands where the case lies: '@street' becomes '@' and the street's code there."""
    rank = ground.levels.get(ref[1:]) if ref.startswith(TERRITORY) else None
    if rank is None or rank > len(path):
        return ref
    return TERRITORY + path[rank - 1]


def _certainty(question: Question, outcome: _Outcome, alternatives: tuple[Alternative, ...]) -> str:
    if outcome.lead is None and not outcome.claims:
        return "none"
    is_certain = question.placement.certainty == "certain" and not alternatives and outcome.lead is not None
    return "certain" if is_certain else "ambiguous"


def _claims(outcome: _Outcome, ground: Ground, here: Scene) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(_unit(ground, ref), here.share, *saying.claims(_unit(ground, ref))) for ref in outcome.claims
    )


def _alternatives(
    outcome: _Outcome, others: Sequence[tuple[Scene, _Outcome]], here: Scene, ground: Ground
) -> tuple[Alternative, ...]:
    """Who else may lead, where too little of the accuracy speaks for the lead; the likeliest first.

    Where nobody is named, the territory there is told: near such an edge it may be the one that acts first.
    """
    told = [(ref, scene) for scene, other in others for ref in _leads(other, scene, ground)]
    shares: dict[str, float] = {}
    for ref, scene in told:
        shares[ref] = shares.get(ref, 0.0) + scene.share
    own = here.share + shares.pop(outcome.lead or "", 0.0)
    if outcome.lead is None or own >= ground.certain_share:
        return ()
    first = dict(reversed(told))  # the likeliest scene of each speaks for it
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Alternative(_unit(ground, ref), round(min(share, 1.0), 4), first[ref].says, first[ref].says_zh)
        for ref, share in ranked
    )


def _leads(outcome: _Outcome, scene: Scene, ground: Ground) -> tuple[str, ...]:
    """Who would have it in a scene: the lead, those who claim it, or the territory that acts first."""
    if outcome.lead is not None:
        return (outcome.lead,)
    if outcome.claims or not scene.path:
        return outcome.claims
    with_body = (code for code in reversed(scene.path) if code in ground.names and ground.names[code].body)
    return (TERRITORY + next(with_body, scene.path[-1]),)


def _unit(ground: Ground, ref: str) -> UnitName:
    if ref.startswith(TERRITORY):
        cell = ground.names.get(ref[1:])
        name = (cell.body or cell.name) if cell else ref[1:]
        return UnitName(ref, "territory", ref[1:], name, name)
    known = ground.departments.get(ref)
    return UnitName(ref, "department", ref, known.name if known else ref, known.name_zh if known else "")


def _body(ground: Ground, code: str) -> Body:
    cell = ground.names[code]
    return Body(cell.code, cell.level, cell.body or cell.name)


def _interim(ground: Ground, territorial: tuple[Body, ...]) -> Body | None:
    """The nearest territorial body that really is one; a unit without a body of its own cannot be ordered to act."""
    with_body = (body for body in territorial if ground.names[body.cell].body)
    return next(with_body, territorial[-1] if territorial else None)


def _distinct(refs: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(refs))
