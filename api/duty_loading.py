"""Loading the table of responsibility from files: all of it or nothing, with every bad line named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.duty_files import BadLine, Drafts
from spatial.cases.responsibility.jurisdictions import JurisdictionDraft, add_jurisdictions, list_draft_faults
from spatial.cases.responsibility.row_drafts import Fault, RowDraft
from spatial.cases.responsibility.rows import adopt, list_faults


@dataclass(frozen=True)
class Loaded:
    """What was put in force, or what stands in its way."""

    rows: int
    jurisdictions: int
    bad: tuple[BadLine, ...]


def load_duties(
    conn: Connection,
    *,
    rows: Drafts[RowDraft],
    shapes: Drafts[JurisdictionDraft] | None,
    supersede: bool,
    now: datetime,
    actor: str,
) -> Loaded:
    """Draw the jurisdictions, then put the rows in force; with any bad line nothing is written."""
    point = conn.begin_nested()
    bad = _bad_shapes(conn, shapes, supersede, now) if shapes else []
    if shapes and not bad:
        add_jurisdictions(conn, drafts=shapes.drafts, now=now, actor=actor, supersede=supersede)
    faults = list_faults(conn, drafts=rows.drafts, now=now)
    bad += rows.bad(_without_shapes(faults, rows.drafts) if bad else faults)
    if bad:
        point.rollback()
        return Loaded(0, 0, tuple(bad))
    adopt(conn, drafts=rows.drafts, now=now, actor=actor)
    point.commit()
    return Loaded(len(rows.drafts), len(shapes.drafts) if shapes else 0, ())


def _bad_shapes(conn: Connection, shapes: Drafts[JurisdictionDraft], supersede: bool, now: datetime) -> list[BadLine]:
    return shapes.bad(list_draft_faults(conn, drafts=shapes.drafts, now=now, supersede=supersede))


def _without_shapes(faults: Iterable[tuple[int, Fault]], drafts: tuple[RowDraft, ...]) -> list[tuple[int, Fault]]:
    """Not told: that a row names a jurisdiction which is missing only because its file is bad."""
    return [(i, fault) for i, fault in faults if (fault.field, drafts[i].place_kind) != ("place", "jurisdiction")]
