"""Cases: lists and single ones, within the reach of who asks."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request

from api.answers import case_out, names_of
from api.case_way import way_out
from api.dependencies import CaseReader, Conn, Now
from api.part_colours import part_colours
from api.schemas.reports import CaseOut, CasePage
from api.work_lists import read_acts, read_place, waited_of, write_place
from spatial.cases.case_files import CaseFile, CaseFilter, count_cases, get_case, list_by_number, list_cases
from spatial.cases.supervision.board import count_colours
from spatial.cases.supervision.colours import Clock, colour_of
from spatial.cases.waiting import list_waiting
from spatial.errors import Invalid
from spatial.grid.levels import get_level
from spatial.people.accounts import Account

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])
Step = Literal["found", "reported", "own_level", "handed_over", "done", "called_back", "evaluated"]
Certainty = Literal["certain", "ambiguous", "outside"]
Nature = Literal["government", "market", "social"]
Colour = Literal["green", "yellow", "red", "grey"]
Numbers = Annotated[list[str] | None, Query(description="These cases and no others; at most 200.")]


@router.get("")
def list_page(
    request: Request,
    conn: Conn,
    account: CaseReader,
    now: Now,
    case_no: Numbers = None,
    step: Step | None = None,
    certainty: Certainty | None = None,
    category: str | None = None,
    state: Annotated[str | None, Query(description="The finer state; see /api/v1/cases/{case_no}/acts.")] = None,
    platform: Annotated[str | None, Query(description="One of the work queues; see /api/v1/platforms.")] = None,
    nature: Nature | None = None,
    provider: str | None = None,
    lead: Annotated[str | None, Query(description="Whom it was handed to: a department, or '@' and a cell.")] = None,
    with_nobody: Annotated[bool, Query(description="Only those that are handed to nobody.")] = False,
    unit: Annotated[str | None, Query(description="A cell of any level; its whole subtree.")] = None,
    off_grid: Annotated[bool, Query(description="Only those that lie in no street of the grid in force.")] = False,
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees")] = None,
    overdue: Annotated[bool, Query(description="Only open cases that are past a limit.")] = False,
    colour: Annotated[Colour | None, Query(description="As timed supervision sees the case now.")] = None,
    counted: Annotated[
        bool, Query(description="Only those that the figures by colour count: their clock runs, or stands.")
    ] = False,
    tier: Annotated[
        str | None, Query(description="The key of the level that holds the case; see /api/v1/config.")
    ] = None,
    waiting: Annotated[
        bool, Query(description="Only cases that wait for you, most urgent deadline first, each with `waits_for`.")
    ] = False,
    waits_for: Annotated[
        str | None, Query(description="With `waiting`: for one of these acts of yours; commas between them.")
    ] = None,
    q: Annotated[str | None, Query(description="A number, a unit's code or name, or words of the text.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: str | None = None,
) -> CasePage:
    """Cases newest first, or those that wait for you. `next` of a page goes into `cursor` for the page behind it."""
    if case_no:
        _check_alone(request)
        found = list_by_number(conn, reach=account.reach, numbers=_few(case_no))
        return _page(conn, found, None, account, now)
    _check_agree(lead=lead, with_nobody=with_nobody, unit=unit, off_grid=off_grid)
    late = now if overdue else None
    held = None if tier is None else get_level(conn, key=tier).rank
    words = q.strip() or None if q else None
    narrowed = CaseFilter(
        step=step, certainty=certainty, category=category, state=state, platform=platform, nature=nature,
        provider=provider, lead=lead, with_nobody=with_nobody, off_grid=off_grid,
        tier=held, cell=unit, bbox=read_bbox(bbox), words=words,
        text_reach=account.reach_for("read_text"), overdue_at=late, colour=colour and (colour, now),
        counted=counted,
    )  # fmt: skip
    if waiting:
        return _waiting_page(conn, account, narrowed, read_acts(waits_for), now=now, limit=limit, cursor=cursor)
    if waits_for is not None:
        raise Invalid("waits_for narrows a work list; ask with waiting=true", field="waits_for")
    behind = _read_cursor(cursor)
    found = list_cases(conn, reach=account.reach, narrowed=narrowed, limit=limit + 1, behind=behind)
    more = _write_cursor(found[limit - 1]) if len(found) > limit else None
    return _page(conn, found[:limit], more, account, now)


@router.get("/totals")
def totals(conn: Conn, account: CaseReader, now: Now) -> dict[str, int]:
    """The figures of the strip below the map, and how many cases have which colour."""
    colours = count_colours(conn, reach=account.reach, now=now)
    return asdict(count_cases(conn, reach=account.reach, now=now)) | colours


@router.get("/{case_no}")
def get_one(case_no: str, conn: Conn, account: CaseReader, now: Now) -> dict[str, Any]:
    """One case with its history, the levels that held it, its tasks, and what may be done to it now."""
    case = get_case(conn, reach=account.reach, case_no=case_no)
    shown = _shown(conn, [case], account, now)[0].model_dump(mode="json")
    return shown | way_out(conn, case, reader=account, now=now)


def read_bbox(text: str | None) -> tuple[float, float, float, float] | None:
    """Four degrees from `west,south,east,north`. Raises Invalid."""
    if text is None:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise Invalid("bbox takes four numbers: west,south,east,north in degrees", field="bbox") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Invalid("bbox must lie in -180,-90,180,90 with west before east and south before north", field="bbox")
    return west, south, east, north


def _page(conn: Conn, cases: list[CaseFile], more: str | None, reader: Account, now: datetime) -> CasePage:
    return CasePage(items=_shown(conn, cases, reader, now), next=more)


def _waiting_page(
    conn: Conn, reader: Account, narrowed: CaseFilter, acts: list[str] | None, *, now: datetime, limit: int,
    cursor: str | None,
) -> CasePage:  # fmt: skip
    if narrowed.bbox is not None or narrowed.colour is not None or narrowed.counted:
        field = "bbox" if narrowed.bbox else "colour" if narrowed.colour else "counted"
        raise Invalid(f"a work list is not narrowed by {field}; leave it away", field=field)
    found = list_waiting(
        conn, waited=waited_of(reader), narrowed=narrowed, acts=acts, now=now, limit=limit + 1,
        behind=read_place(cursor),
    )  # fmt: skip
    more = write_place(found[limit - 1][0]) if len(found) > limit else None
    shown = _shown(conn, [case for case, _ in found[:limit]], reader, now)
    wanted = [acts for _, acts in found[:limit]]
    colours = part_colours(conn, found[:limit], reader, now=now)
    items = [
        one.model_copy(update={"waits_for": acts, "colour": colours.get(one.case_no, one.colour)})
        for one, acts in zip(shown, wanted, strict=True)
    ]
    return CasePage(items=items, next=more)


def _shown(conn: Conn, cases: list[CaseFile], reader: Account, now: datetime) -> list[CaseOut]:
    names = names_of(conn, cases)
    shown = [case_out(case, names, reader=reader) for case in cases]
    colours = [colour_of(_clock(case), now=now) for case in cases]
    return [one.model_copy(update={"colour": colour}) for one, colour in zip(shown, colours, strict=True)]


def _clock(case: CaseFile) -> Clock:
    return Clock(case.state, case.due_at, case.warn_at, case.closed_at, case.is_history, case.missed_at)


def _check_alone(request: Request) -> None:
    """Raise Invalid where cases are asked for by number and narrowed too: half of it would go unheard."""
    others = sorted(set(request.query_params) - {"case_no", "limit"})
    if others:
        raise Invalid(f"case_no asks for these cases and no others; leave {others[0]} away", field=others[0])


def _check_agree(*, lead: str | None, with_nobody: bool, unit: str | None, off_grid: bool) -> None:
    """Raise Invalid for two filters of which one leaves nothing of the other: an empty list would say nothing."""
    if with_nobody and lead is not None:
        raise Invalid("with_nobody asks for what no unit has, and lead names one; leave one away", field="with_nobody")
    if off_grid and unit is not None:
        raise Invalid("off_grid asks for what lies in no cell, and unit names one; leave one away", field="off_grid")


def _few(numbers: list[str]) -> list[str]:
    if len(numbers) > 200:
        raise Invalid("case_no may be given at most 200 times", field="case_no")
    return numbers


def _write_cursor(case: CaseFile) -> str:
    return urlsafe_b64encode(f"{case.received_at.isoformat()} {case.case_no}".encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> tuple[datetime, str] | None:
    if text is None:
        return None
    try:
        moment, case_no = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(" ")
        return datetime.fromisoformat(moment), case_no
    except ValueError:
        raise Invalid("cursor is not one that a list gave out; leave it away to begin", field="cursor") from None
