"""Whose is it: matter x place x moment -> lead, assisting, supervising, with what was rejected and why.

The table decides where its most specific rows name one lead. Where they name none or several, a precedent may. Where
nobody is named, territory holds the case (属地兜底): its body acts first, and the case is a dispute. A position whose
accuracy reaches over a border is asked in every way that it may be. It is certain whose a case is where enough of
those ways have one and the same lead, in however many units they lie; else it is ambiguous, and who else it may be is
told, or how much lies outside the city, or why the position itself is in doubt.

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


@dataclass(frozen=True)
class _Way:
    """One way the position may be: its scene, what that leads to, and who would have the case; nobody is empty."""

    scene: Scene
    outcome: _Outcome
    leads: tuple[str, ...]


def decide(question: Question, ground: Ground, precedents: ReadPrecedents, *, revision: int) -> Decision:
    """The owner of a matter at a position, by what was read for it; precedents are read only if they are needed."""
    ways = [_way(question, ground, scene, precedents) for scene in ground.scenes]
    here, outcome = ways[0].scene, ways[0].outcome
    is_one = _share(way for way in ways if way.leads == (outcome.lead,)) >= ground.certain_share
    territorial = tuple(_body(ground, code) for code in reversed(here.path) if code in ground.names)
    decision = Decision(
        territorial=territorial,
        lead=_unit(ground, outcome.lead) if outcome.lead else None,
        assisting=tuple(_unit(ground, ref) for ref in outcome.assisting),
        supervising=tuple(_unit(ground, ref) for ref in outcome.supervising),
        certainty=_certainty(question, outcome, is_one),
        decided_by=outcome.decided_by,
        precedent=outcome.precedent.number if outcome.precedent else None,
        rows=outcome.rows,
        rejected=outcome.rejected,
        alternatives=() if is_one else _alternatives(ways, ground),
        interim=_interim(ground, territorial) if outcome.decided_by == "territory" else None,
        matter=question.matter.code if question.matter else None,
        nodes=question.matter.nodes if question.matter else (),
        attributes=question.attributes,
        at=question.at,
        known_at=question.known_at,
        revision=revision,
        doubt=question.doubt,
    )
    nowhere = 0.0 if is_one or outcome.lead is None else _share(way for way in ways if not way.leads)
    return saying.with_reasons(decision, question, ground, nowhere=nowhere)


def _way(question: Question, ground: Ground, scene: Scene, precedents: ReadPrecedents) -> _Way:
    outcome = _outcome(question, ground, scene, precedents)
    return _Way(scene, outcome, _leads(outcome, scene, ground))


def _share(ways: Iterable[_Way]) -> float:
    return round(sum(way.scene.share for way in ways), 4)


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


def _certainty(question: Question, outcome: _Outcome, is_one: bool) -> str:
    """By the leads: where one leads in several units, it is open where a case lies, and not whose it is.

    Outside the city, and where the position is in doubt, nothing is certain.
    """
    if outcome.lead is None and not outcome.claims:
        return "none"
    is_somewhere = question.placement.unit is not None and question.doubt is None
    return "certain" if is_one and is_somewhere else "ambiguous"


def _alternatives(ways: Sequence[_Way], ground: Ground) -> tuple[Alternative, ...]:
    """Who else may lead, each with the share of the accuracy that speaks for it; the likeliest first.

    Where nobody is named, the territory there is told: near such an edge it may be the one that acts first.
    """
    outcome = ways[0].outcome
    if outcome.lead is None:
        ways = _beside_claims(ways, set(outcome.claims), ground)
    first: dict[str, Scene] = {}
    shares: dict[str, float] = {}
    for way in ways:
        for ref in way.leads:
            first.setdefault(ref, way.scene)  # the likeliest scene of each speaks for it
            shares[ref] = shares.get(ref, 0.0) + way.scene.share
    shares.pop(outcome.lead or "", None)
    ranked = sorted(shares, key=lambda ref: (ref not in outcome.claims, -shares[ref], ref))
    return tuple(_alternative(_unit(ground, ref), shares[ref], first[ref], outcome.claims) for ref in ranked)


def _beside_claims(ways: Sequence[_Way], claims: set[str], ground: Ground) -> list[_Way]:
    """The ways that are told where several claim the lead: of others only if enough of the accuracy speaks for them."""
    theirs = [way for way in ways if claims.issuperset(way.leads)]
    beyond = _share(way for way in ways if not claims.issuperset(way.leads))
    return list(ways) if claims and beyond > 1.0 - ground.certain_share else theirs


def _alternative(unit: UnitName, share: float, scene: Scene, claims: tuple[str, ...]) -> Alternative:
    says = saying.claims(unit) if unit.ref in claims else (scene.says, scene.says_zh)
    return Alternative(unit, round(min(share, 1.0), 4), *says)


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
