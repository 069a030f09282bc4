"""Ruling on a dispute, once: by written instruction (批示) or joint conference (联席会议).

A ruling names a lead, locks its case against return, and leaves a precedent behind. Whoever comes second is
told the ruling of the first.

Knows the order of ruling. Refuses to know who may rule (the reach says where), to commit, and to wake readers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from spatial.cases.disputes import alarms
from spatial.cases.disputes.acting import LockedCase, lock_case, move_case
from spatial.cases.disputes.briefs import close_settled_brief
from spatial.cases.disputes.handing import dispatch_ruled, take_ruling
from spatial.cases.disputes.papers import take_precedent_number
from spatial.cases.disputes.precedents import Precedent, list_by_numbers
from spatial.cases.disputes.scopes import Scene, ScopeDraft, check_scope
from spatial.cases.disputes.superseding import supersede_earlier
from spatial.cases.disputes.units import resolve_unit, resolve_units
from spatial.cases.library.shelving import shelve_ruling
from spatial.cases.masking import mask
from spatial.errors import AlreadyRuled, Conflict, Invalid, NotFound
from spatial.store.db import run
from spatial.store.queries import load_queries
from spatial.store.reach import Reach

SQL = load_queries(__file__, "rulings.sql")
FORMS = ("written_instruction", "joint_conference")
_BACKDATING = timedelta(days=1)  # the paper was signed this morning; a ruling does not bind the past
# Until it takes effect the case waits and its dispute counts as settled: a year mistyped would hide it for years.
_FURTHEST = timedelta(days=31)


@dataclass(frozen=True)
class RulingDraft:
    """What a panel has decided. `lead` and `assisting` are departments, `@level`, or `@cell`."""

    dispute: int
    form: str
    members: tuple[str, ...]
    lead: str
    assisting: tuple[str, ...]
    grounds: str
    scope: ScopeDraft
    effective_from: datetime | None = None


@dataclass(frozen=True)
class Ruling:
    """A ruling as it stands, with the number of the precedent that it left."""

    id: int
    dispute: int
    case_no: str
    brief: str | None
    form: str
    members: tuple[str, ...]
    lead: str
    assisting: tuple[str, ...]
    grounds: str
    ruled_at: datetime
    ruled_by: str
    effective_from: datetime
    precedent: str


@dataclass(frozen=True)
class Ruled:
    """What became of a dispute."""

    ruling: Ruling
    precedent: Precedent
    superseded: tuple[str, ...]
    case_no: str
    state: str


def rule(conn: Connection, *, draft: RulingDraft, reach: Reach, actor: str, now: datetime) -> Ruled:
    """Rule on an open dispute of a case within reach, and hand the case over if the ruling is in force by now.

    Raises NotFound, Invalid naming the field, and AlreadyRuled with the winner's ruling in `extra`.
    """
    dispute = run(conn, SQL["dispute"], {"dispute": draft.dispute}).first()
    if dispute is None:
        raise NotFound(f"there is no dispute {draft.dispute} within your reach")
    # The case first, as every other act does: two locks in two orders would wait for each other.
    try:
        case = lock_case(conn, reach=reach, case_no=dispute.case_no)
    except NotFound:  # names the case, which who asked did not know
        raise NotFound(f"there is no dispute {draft.dispute} within your reach") from None
    dispute = run(conn, SQL["lock_dispute"], {"dispute": draft.dispute}).one()
    _check_open(conn, dispute, reach)
    effective = _effective_from(draft.effective_from, now)
    _check_draft(conn, draft, case, effective)
    matter, attributes = check_scope(draft.scope, _scene(conn, case))
    alarms.raise_due_alarms(conn, now=now, limit=None, dispute=draft.dispute)
    about = _about(draft.scope, case, matter, attributes)
    number, superseded = _write(conn, draft, dispute, about, effective=effective, actor=actor, now=now)
    ruling = get_ruling(conn, reach=reach, dispute=draft.dispute)
    case = _settle(conn, case, ruling, actor=actor, now=now)
    close_settled_brief(conn, brief=dispute.brief, now=now)
    return Ruled(ruling, list_by_numbers(conn, numbers=[number])[0], superseded, case.case_no, case.state)


def get_ruling(conn: Connection, *, reach: Reach, dispute: int) -> Ruling:
    """The ruling on a dispute. Raises NotFound."""
    asked = {"reach": reach.bound, "dispute": dispute, "before": None, "limit": 1, "brief": None, "matter": None}
    row = run(conn, SQL["rulings"], asked).first()
    if row is None:
        raise NotFound(f"there is no ruling on dispute {dispute} within your reach")
    return _ruling(row)


def list_rulings(
    conn: Connection,
    *,
    reach: Reach,
    brief: str | None,
    matter: str | None,
    before: int | None,
    limit: int,
    dispute: int | None = None,
) -> list[Ruling]:
    """Rulings on cases within a reach, newest first, behind the ruling whose id is `before`."""
    asked = {
        "reach": reach.bound, "dispute": dispute, "before": before, "limit": limit, "brief": brief, "matter": matter,
    }  # fmt: skip
    return [_ruling(row) for row in run(conn, SQL["rulings"], asked)]


def _ruling(row: Row[Any]) -> Ruling:
    columns = dict(row._mapping)
    return Ruling(**columns | {"members": tuple(row.members), "assisting": tuple(row.assisting)})


def _check_open(conn: Connection, dispute: Row[Any], reach: Reach) -> None:
    if dispute.state == "ruled":
        standing = get_ruling(conn, reach=reach, dispute=dispute.id)
        sentence = f"dispute {dispute.id} was ruled on before, as precedent {standing.precedent}; that ruling stands"
        raise AlreadyRuled(sentence, extra={"ruling": vars(standing) | {"grounds": mask(standing.grounds)}})
    if dispute.state != "open":
        raise Conflict(f"dispute {dispute.id} was {dispute.state}; there is nothing left to rule on")


def _effective_from(asked: datetime | None, now: datetime) -> datetime:
    if asked is not None and asked < now - _BACKDATING:
        raise Invalid("effective_from lies in the past; leave it out to begin now", field="effective_from")
    if asked is not None and asked > now + _FURTHEST:
        sentence = f"effective_from lies more than {_FURTHEST.days} days ahead, and the case would wait so long"
        raise Invalid(f"{sentence}; choose an earlier day, or leave it out to begin now", field="effective_from")
    return now if asked is None else max(asked, now)


def _check_draft(conn: Connection, draft: RulingDraft, case: LockedCase, effective: datetime) -> None:
    if draft.form not in FORMS:
        raise Invalid(f"form takes {' or '.join(FORMS)}", field="form")
    if not draft.members or not all(member.strip() for member in draft.members):
        raise Invalid("members must name who ruled, at least one", field="members")
    if draft.form == "joint_conference" and len(set(draft.members)) < 2:
        raise Invalid("a joint conference has at least two different members", field="members")
    if not draft.grounds.strip():
        raise Invalid("grounds must say what the ruling rests on", field="grounds")
    _check_units(conn, draft, case, effective)
    _check_cells(conn, draft.scope.area.cells)


def _check_units(conn: Connection, draft: RulingDraft, case: LockedCase, effective: datetime) -> None:
    lead = resolve_unit(conn, draft.lead, path=case.current_path, now=effective, field="lead")
    assisting = resolve_units(conn, draft.assisting, path=case.current_path, now=effective, field="assisting")
    if lead in assisting or len(set(assisting)) < len(assisting):
        raise Invalid("assisting names a unit twice, or the lead", field="assisting")


def _check_cells(conn: Connection, cells: Sequence[str]) -> None:
    for code in run(conn, SQL["unknown_cells"], {"cells": list(cells)}).scalars():
        raise Invalid(f"there is no cell {code} in force; see /api/v1/cells", field="scope.area.cells")


def _scene(conn: Connection, case: LockedCase) -> Scene:
    nodes = tuple(run(conn, SQL["matter_nodes"], {"matter": case.category}).scalars())
    return Scene(nodes, case.attributes, case.current_path, case.lon, case.lat)


def _write(
    conn: Connection,
    draft: RulingDraft,
    dispute: Row[Any],
    about: dict[str, Any],
    *,
    effective: datetime,
    actor: str,
    now: datetime,
) -> tuple[str, tuple[str, ...]]:
    """Write the ruling and its precedent; the precedent's number, and those it superseded."""
    said = {
        "dispute": draft.dispute, "brief": dispute.brief, "form": draft.form, "members": list(draft.members),
        "lead": draft.lead, "assisting": list(draft.assisting), "grounds": draft.grounds.strip(), "now": now,
        "actor": actor, "effective_from": effective,
    }  # fmt: skip
    ruling = run(conn, SQL["insert_ruling"], said).scalar_one()
    run(conn, SQL["settle_dispute"], {"dispute": draft.dispute, "now": now})
    number = take_precedent_number(conn, at=now)
    run(conn, SQL["insert_precedent"], said | about | {"number": number, "ruling": ruling})
    shelve_ruling(conn, ruling=ruling)
    [precedent] = list_by_numbers(conn, numbers=[number])
    return number, tuple(supersede_earlier(conn, later=precedent))


def _about(scope: ScopeDraft, case: LockedCase, matter: str, attributes: dict[str, str]) -> dict[str, Any]:
    area = scope.area
    return {
        "matter": matter, "attributes": json.dumps(attributes), "area_kind": area.kind,
        "cells": list(area.cells) if area.kind == "cells" else None,
        "area": area.polygon.wkb if area.polygon is not None else None, "radius_m": area.radius_m,
        "lon": case.lon, "lat": case.lat, "path": list(case.current_path),
        "says": " ".join(f"{key} {value}" for key, value in attributes.items()),
    }  # fmt: skip


def _settle(conn: Connection, case: LockedCase, ruling: Ruling, *, actor: str, now: datetime) -> LockedCase:
    told = {"ruling": ruling.id, "precedent": ruling.precedent, "dispute": ruling.dispute, "lead": ruling.lead}
    changes = take_ruling(conn, case, ruling=ruling.id, now=now)
    case = move_case(conn, case, act="rule", to_state="ruled", changes=changes, actor=actor, now=now, payload=told)
    return dispatch_ruled(conn, case, actor=actor, now=now) if ruling.effective_from <= now else case
