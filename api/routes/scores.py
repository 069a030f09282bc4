"""Figures of a period by area, unit, post and source, the cases behind each, and weights; also as CSV and to print."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from api.cursors import read_cursor, read_moments, write_cursor
from api.dependencies import Conn, KnownAccount, Now, require
from api.schemas.scores import (
    BehindOut,
    BehindPage,
    ExcludedOut,
    ExcludedPage,
    FragmentsOut,
    FragmentsPage,
    HandedOut,
    HandedPage,
    ScoresOut,
    WeightsBody,
    WeightsOut,
)
from api.score_files import all_lines, csv_file, read_heading
from gridmaps.score_lists import Heading, behind_csv, excluded_csv, fragments_csv, handed_csv
from gridmaps.score_paper import score_csv, score_paper
from spatial.cases.evaluation.fragmentation import Fragments, Handed, list_handed, read_fragments
from spatial.cases.evaluation.indicators import Grade
from spatial.cases.evaluation.scores import Asked, Behind, Excluded, list_behind, list_excluded, read_scores
from spatial.cases.evaluation.spans import Span, month_of, read_period, span_of
from spatial.cases.evaluation.weights import read_grades, read_weights, set_grades, set_weights
from spatial.errors import Forbidden, Invalid
from spatial.grid.cells import get_setting
from spatial.people.accounts import Account
from spatial.store.reach import Reach

router = APIRouter(tags=["scores"])
Reader = Annotated[Account, Depends(require("read_scores"))]
Editor = Annotated[Account, Depends(require("edit_rules"))]
By = Literal["cell", "department", "post", "role", "source", "taxonomy", "platform", "total"]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="csv: all of the list, as a file.")]
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def _span(
    conn: Conn,
    now: Now,
    period: Annotated[
        str | None, Query(max_length=16, description="Such as 2026-10-05, 2026-W41, 2026-10, 2026-Q4 or 2026.")
    ] = None,
    since: Annotated[date | None, Query(alias="from", description="The first day that counts.")] = None,
    until: Annotated[date | None, Query(description="The last day that counts; default that of from.")] = None,
) -> Span:
    zone = get_setting(conn, key="time_zone")
    if period is not None:
        if since is not None or until is not None:
            raise Invalid("period names the days already; leave away from and until, or the period", field="period")
        return read_period(period, zone)
    if since is None:
        if until is not None:
            raise Invalid("until needs a from, the first day that counts", field="from")
        return month_of(now, zone)
    return span_of(zone, first=since, last=until or since)


Days = Annotated[Span, Depends(_span)]


def _asked(
    days: Days,
    now: Now,
    by: Annotated[By, Query(description="What is compared.")] = "total",
    level: Annotated[str | None, Query(max_length=32, description="Of cells; default the widest.")] = None,
    cell: Annotated[str | None, Query(max_length=32, description="Only this subtree.")] = None,
    unit: Annotated[str | None, Query(max_length=64, description="Only this unit's work.")] = None,
) -> Asked:
    return Asked(days, by, level, None, cell, unit, now)


Wanted = Annotated[Asked, Depends(_asked)]


@router.get("/api/v1/scores", response_model=ScoresOut)
def scores(
    conn: Conn,
    asking: Reader,
    now: Now,
    asked: Wanted,
    grain: Annotated[Literal["day", "week", "month", "quarter", "year"] | None, Query(description="In parts.")] = None,
    form: Annotated[Literal["json", "csv", "html"], Query(alias="format", description="csv and html: all.")] = "json",
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ScoresOut | Response:
    """The indicators of a period, default this month. A department sees itself, a street its own."""
    wanted = replace(asked, grain=grain)
    reach = asking.reach_for("read_scores")
    found = read_scores(conn, wanted, reach=reach)
    if form == "csv":
        return csv_file(score_csv(found), f"scores-{asked.by}", asked.span)
    if form == "html":
        fragments = _fragments(conn, asked, reach) if asked.by == "department" else []
        page = score_paper(found, fragments, city=get_setting(conn, key="city_name"), now=now)
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})
    at = _place(cursor)
    rows = found.rows[at : at + limit]
    more = write_cursor(str(at + limit)) if len(found.rows) > at + limit else None
    return ScoresOut.of(found, rows, more)


def _fragments(conn: Conn, asked: Asked, reach: Reach) -> list[Fragments]:
    return read_fragments(conn, span=asked.span, reach=reach, cell=asked.cell, unit=asked.unit)


@router.get("/api/v1/scores/fragmentation", response_model=FragmentsPage)
def fragmentation(
    conn: Conn,
    asking: Reader,
    days: Days,
    cell: Annotated[str | None, Query(max_length=32, description="Only this subtree.")] = None,
    form: Form = "json",
) -> FragmentsPage | Response:
    """Hand-overs a case, the share returned as not mine, and the time until it was opened, by unit."""
    found = read_fragments(conn, span=days, reach=asking.reach_for("read_scores"), cell=cell)
    if form == "csv":
        return csv_file(fragments_csv(found, read_heading(conn, days, units=(), cell=cell)), "fragmentation", days)
    return FragmentsPage(items=[FragmentsOut.of(one) for one in found], next=None)


@router.get("/api/v1/scores/fragmentation/cases", response_model=HandedPage)
def cases_handed(
    conn: Conn,
    asking: Reader,
    days: Days,
    unit: Annotated[str, Query(max_length=64, description="The unit whose figures they are.")],
    counted: Annotated[
        Literal["dispatches", "cases", "returned", "opened"], Query(description="Which of the figures.")
    ] = "dispatches",
    cell: Annotated[str | None, Query(max_length=32, description="Only this subtree.")] = None,
    form: Form = "json",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> HandedPage | Response:
    """The dispatches behind a unit's fragmentation, oldest first."""
    reach, after = asking.reach_for("read_scores"), _behind(cursor)

    def read(most: int) -> list[Handed]:
        return list_handed(
            conn, span=days, unit=unit, counted=counted, reach=reach, limit=most, after=after, cell=cell
        )  # fmt: skip

    if form == "csv":
        told = read_heading(conn, days, units=[unit], cell=cell, unit=unit)
        return csv_file(handed_csv(all_lines(read), counted, told), f"fragmentation-{counted}", days)
    found = read(limit + 1)
    more = write_cursor(found[limit - 1].at.isoformat(), found[limit - 1].case_no) if len(found) > limit else None
    return HandedPage(items=[HandedOut.of(one) for one in found[:limit]], next=more)


@router.get("/api/v1/scores/excluded", response_model=ExcludedPage)
def excluded(
    conn: Conn,
    asking: Reader,
    asked: Wanted,
    form: Form = "json",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ExcludedPage | Response:
    """The cases that are listed and do not count, each with why, oldest first."""
    reach, after = asking.reach_for("read_scores"), _behind(cursor)

    def read(most: int) -> list[Excluded]:
        return list_excluded(conn, asked, reach=reach, limit=most, after=after)

    if form == "csv":
        rows = all_lines(read)
        return csv_file(excluded_csv(rows, _heading(conn, asked, rows)), "scores-left-out", asked.span)
    found = read(limit + 1)
    more = write_cursor(found[limit - 1].at.isoformat(), found[limit - 1].case_no) if len(found) > limit else None
    return ExcludedPage(items=[ExcludedOut.of(one) for one in found[:limit]], next=more)


@router.get("/api/v1/scores/{indicator}/cases", response_model=BehindPage)
def cases_behind(
    indicator: str,
    conn: Conn,
    asking: Reader,
    asked: Wanted,
    key: Annotated[str | None, Query(max_length=64, description="The group; away: nobody's, or all for total.")] = None,
    counted: Annotated[
        Literal["denominator", "numerator", "missed", "excluded"], Query(description="Which part of the figure.")
    ] = "denominator",
    form: Form = "json",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> BehindPage | Response:
    """What a figure counts, oldest first; an indicator that is none is 422 with those that are.

    A case each, but for `coverage`: a unit (`cell`) on a day, and no case. What a share divides by lies in all groups.
    """
    reach, after = asking.reach_for("read_scores"), _behind(cursor)

    def read(most: int) -> list[Behind]:
        return list_behind(
            conn, asked, indicator=indicator, key=key, counted=counted, reach=reach, limit=most, after=after
        )  # fmt: skip

    if form == "csv":
        rows = all_lines(read)
        lines = behind_csv(rows, indicator, counted, _heading(conn, asked, rows))
        return csv_file(lines, f"scores-{asked.by}-{indicator}-{counted}", asked.span)
    found = read(limit + 1)
    more = write_cursor(found[limit - 1].at.isoformat(), found[limit - 1].place) if len(found) > limit else None
    items = [BehindOut(**{name: getattr(one, name) for name in BehindOut.model_fields}) for one in found[:limit]]
    return BehindPage(items=items, next=more)


@router.get("/api/v1/weights")
def weights(conn: Conn, _: Reader, now: Now) -> WeightsOut:
    """The weights in force now, and the grades."""
    return _weights(conn, now)


@router.put("/api/v1/weights")
def put_weights(body: WeightsBody, conn: Conn, asking: Editor, now: Now) -> WeightsOut:
    """Weigh anew from now on. Figures of periods that ended before keep the weights that they had."""
    _check_whole_city(asking)
    for dimension, named in body.weights.items():
        set_weights(conn, dimension=dimension, weights=named, actor=asking.sender, now=now)
    if body.grades is not None:
        set_grades(conn, grades=[Grade(**vars(one)) for one in body.grades], now=now)
    return _weights(conn, now)


def _heading(conn: Connection, asked: Asked, rows: Sequence[Behind] | Sequence[Excluded]) -> Heading:
    return read_heading(conn, asked.span, units=[one.unit for one in rows], cell=asked.cell, unit=asked.unit)


def _check_whole_city(asking: KnownAccount) -> None:
    if asking.reach_for("edit_rules").tags is not None:
        raise Forbidden("weights are the whole city's; yours is a part of it")


def _weights(conn: Conn, now: datetime) -> WeightsOut:
    told = {
        dimension: {key: float(weight) for key, weight in named.items()}
        for dimension, named in read_weights(conn, at=now).items()
    }
    grades = [vars(one) | {"at_least": float(one.at_least)} for one in read_grades(conn, at=now)]
    return WeightsOut(weights=told, grades=grades)


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    [text] = read_cursor(cursor, 1)
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid("cursor is not one that this list gave out; leave it away to begin", field="cursor")
    return int(text)


def _behind(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    moment, number = read_cursor(cursor, 2)
    return read_moments([moment])[0], number
