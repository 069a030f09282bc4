"""Saying "me too": a citizen joins a case that stands already, instead of opening another.

He must be where the case is, by the same test that suggested it to him: a number alone lets nobody in, and tells nobody
that there is such a case. The same id again is the same support, and one citizen counts once.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.drafts import Picture, check_picture
from spatial.cases.port.addresses import check_address
from spatial.cases.port.askers import (
    PUBLIC,
    SQL,
    Asker,
    Who,
    add_askers,
    check_target,
    find_targets,
    give_links,
    read_pepper,
    target_of,
    who_asks,
)
from spatial.cases.port.counting import Counted, recount_supporters
from spatial.cases.port.duplicates import list_duplicates, read_bounds
from spatial.cases.port.likeness import Complaint
from spatial.cases.port.pressing import check_unnamed, refuse_pressing
from spatial.cases.port.repeats import tell_repeats
from spatial.errors import DigestMismatch, Invalid, NotFound
from spatial.store.db import run
from spatial.store.reach import WHOLE_CITY


@dataclass(frozen=True)
class Support:
    """Somebody who says the same. Position in WGS 84 degrees; `said` is the position as told, with its datum.

    `by_citizen`: the account speaks for itself, and does not take down what another says.
    """

    id: UUID
    sender: str
    complaint: Complaint
    said: dict[str, Any]
    text: str
    reporter: dict[str, Any] | None
    by_citizen: bool = False
    pictures: tuple[Picture, ...] = ()

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was said: the same words twice are the same support."""
        told: dict[str, Any] = {"said": self.said, "text": self.text, "reporter": self.reporter, "sender": self.sender}
        if self.pictures:
            told["pictures"] = sorted(json.dumps(vars(one), default=str) for one in self.pictures)
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).digest()


@dataclass(frozen=True)
class Supported:
    """What became of a support: the case, who said the same by now, whether he was counted now, and a link's token."""

    case_no: str
    counts: Counted
    counted: bool
    token: str | None


def support_case(
    conn: Connection,
    *,
    case_no: str,
    support: Support,
    nodes_of: dict[str, tuple[str, ...]],
    now: datetime,
    unnamed_an_hour: int = 0,
) -> Supported:
    """Join a supporter to a case. Raises NotFound where no open case of that number is like what he says,
    DigestMismatch for an id that was used for something else, and TooMany where his contact has sent too much within
    an hour, or, beyond `unnamed_an_hour`, too many have joined of whom nothing is certain; 0 is no limit.
    """
    held = run(conn, SQL["hold_cases"], {"numbers": [case_no]}).first()
    if held is None:
        raise _unlike(case_no)
    _check_pictures(conn, support)
    check_address(support.reporter)
    check_target(support.reporter, sender=support.sender, there=find_targets(conn, [support.reporter]))
    is_new = _claim(conn, support, held.district, case_no)
    if is_new and not _is_like(conn, support, case_no, nodes_of):
        raise _unlike(case_no)  # the claim is undone with the transaction
    counts = Counted(held.supporters, held.unnamed_supporters)
    who = _who(conn, support)
    asked = {"id": str(support.id), "case_no": case_no, "known_as": who.known_as, "digests": list(who.keys)}
    earlier = run(conn, SQL["asker_of"], asked).first()
    if earlier is not None:
        links = give_links(conn, [earlier.report_id] if earlier.is_his else [], now=now)
        return Supported(case_no, counts, False, links.get(earlier.report_id))
    if who.known_as is None:  # the claim is undone with the transaction here, too
        check_unnamed(conn, district=held.district, case_no=case_no, most=unnamed_an_hour, now=now)
        for refused in refuse_pressing(conn, {support.id: who}, now=now).values():
            raise refused
    return _join(conn, support, held.district, case_no, who, counts, now)


def _unlike(case_no: str) -> NotFound:
    return NotFound(f"no open case {case_no} is like this; send it as a report of its own")


def _join(
    conn: Connection, support: Support, district: str, case_no: str, who: Who, before: Counted, now: datetime
) -> Supported:
    run(conn, SQL["insert_said"], {
        "district": district, "case_no": case_no, "id": str(support.id), "text": support.text,
        "reporter": None if support.reporter is None else json.dumps(support.reporter), **support.said,
    })  # fmt: skip
    _keep_pictures(conn, support, district)
    add_askers(conn, [Asker(
        district, case_no, support.id, "supporter", who, target_of(support.reporter, sender=support.sender), now,
        PUBLIC,
    )])  # fmt: skip
    counts = recount_supporters(conn, case_no=case_no)
    joined = {support.id: (district, case_no)}
    tell_repeats(conn, joined, actors={support.id: support.sender}, part="supporter", now=now)
    token = give_links(conn, [support.id], now=now).get(support.id)
    return Supported(case_no, counts, counts != before, token)


def _check_pictures(conn: Connection, support: Support) -> None:
    for one in support.pictures:
        check_picture(one)
    names = [one.sha256 for one in support.pictures]
    there = set(run(conn, SQL["said_photos_there"], {"names": names}).scalars()) if names else set()
    if missing := [name for name in names if name not in there]:
        raise Invalid(f"photo {missing[0]} is not here; put it to /api/v1/photos/ first", field="photos")


def _keep_pictures(conn: Connection, support: Support, district: str) -> None:
    if support.pictures:
        rows = json.dumps([vars(one) for one in support.pictures], default=str)
        run(conn, SQL["insert_said_photos"], {"district": district, "id": str(support.id), "rows": rows})


def _claim(conn: Connection, support: Support, district: str, case_no: str) -> bool:
    """Claim the id among all reports' ids; whether nobody had it. Raises DigestMismatch where somebody else had."""
    sender = f"support:{support.sender}"
    row = {"id": str(support.id), "sender": sender, "digest": support.digest.hex(), "district": district,
           "case_no": case_no}  # fmt: skip
    if run(conn, SQL["claim_id"], row).first() is not None:
        return True
    had = run(conn, SQL["claimed_id"], {"id": str(support.id)}).one()
    if (had.sender, bytes(had.digest), had.case_no) != (sender, support.digest, case_no):
        raise DigestMismatch("this id was already used for something else; take a new UUID", field="id")
    return False


def _is_like(conn: Connection, support: Support, case_no: str, nodes_of: dict[str, tuple[str, ...]]) -> bool:
    category = run(conn, SQL["category_of"], {"case_no": case_no}).scalar_one()
    complaint = replace(support.complaint, category=support.complaint.category or category)
    bounds = replace(read_bounds(conn).of(nodes_of.get(complaint.category or "", ())), place_alone=True)
    found = list_duplicates(conn, complaint=complaint, bounds=bounds, reach=WHOLE_CITY, limit=200)
    return any(candidate.case_no == case_no for candidate in found)


def _who(conn: Connection, support: Support) -> Who:
    return who_asks(
        read_pepper(conn), sender=support.sender, source=PUBLIC, by_citizen=support.by_citizen,
        reporter=support.reporter,
    )  # fmt: skip
