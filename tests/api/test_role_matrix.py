"""Every route as every role, inside and outside of territory and department, with postings that have run out:
who is answered what is in `tests/api/role_table.py`, and nobody hears of a case that is not his to see.
"""

import hashlib
import io
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from api.app import create_app
from spatial.cases.disputes.sweeping import sweep
from spatial.people.accounts import add_account, add_token, find_by_login
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.api.conftest import a_report
from tests.api.role_table import ALL, FIXED, KNOWING, PLACED, READERS, ROWS, WORKERS, Row
from tests.serving import PATIENCE_S, served
from tests.worlds import SOUTH, WILLOW, T, W, inside

_LETTERS = {
    "C": "citizen", "O": "grid_officer", "L": "grid_leader", "S": "street_clerk", "H": "department_handler",
    "B": "centre_operator", "N": "panel_member", "G": "planner", "V": "supervisor", "A": "administrator",
}  # fmt: skip
_CELLS = {"C": None, "O": WILLOW, "L": WILLOW, "H": None}
# inside: Willow, held by roads; beside: Willow, held by public order; outside: North street, held by public order.
PLACES = {"inside": (W, "pothole"), "beside": (W, "stall"), "outside": (T, "stall")}


@dataclass(frozen=True)
class Seed:
    """A case with what must not leave it."""

    place: str
    number: str
    report_id: str
    photo: str
    words: str
    phone: str
    reporter: str
    dispute: str = ""


@dataclass(frozen=True)
class Person:
    """Who asks: a letter, and whether his posting is in force and reaches the whole city."""

    letter: str
    token: str | None
    is_expired: bool = False
    has_city: bool = False

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.letter}{' expired' * self.is_expired}{' of the city' * self.has_city}"

    def sees(self, place: str) -> bool:
        """Whether a case there is his to see."""
        if self.is_expired or self.letter not in WORKERS:
            return False
        if self.has_city or place == "inside":
            return True
        return place == "beside" and self.letter != "H"

    def sees_case(self, seed: Seed) -> bool:
        """The same of a seed; one that lies before the panel has left its department."""
        return self.sees(seed.place) and not (seed.dispute and self.letter == "H")


@dataclass(frozen=True)
class Town:
    """The server with its seeds and people."""

    app: FastAPI
    client: httpx.Client
    admin: str
    seeds: tuple[Seed, ...]
    people: tuple[Person, ...]

    def seed(self, place: str, *, disputed: bool = False) -> Seed:
        """The case of a place."""
        return next(one for one in self.seeds if one.place == place and bool(one.dispute) == disputed)


@pytest.fixture
def town(fresh_db: Store) -> Iterator[Town]:
    """A real server, since an event stream cannot be read through a test client."""
    app = create_app(Settings(), fresh_db)
    with served(app) as base, httpx.Client(base_url=base, timeout=PATIENCE_S) as client:
        people = _people(fresh_db)
        admin = next(one.token for one in people if one.letter == "A" and one.has_city) or ""
        client.post("/api/v1/accounts/citizen/disable", headers=_bearer(admin)).raise_for_status()
        seeds = [_seed(client, admin, place, disputed) for place in PLACES for disputed in (False, True)]
        sweep(fresh_db.app, now=datetime.now(UTC) + timedelta(days=15))
        yield Town(app, client, admin, tuple(seeds), people)


def _people(store: Store) -> tuple[Person, ...]:
    """The public, and each role bounded, run out, and where it makes a difference for the whole city."""
    people = [Person("P", None)]
    for letter in _LETTERS:
        people.append(Person(letter, _account(store, letter, _CELLS.get(letter, SOUTH))))
        people.append(Person(letter, _account(store, letter, _CELLS.get(letter, SOUTH), ended=True), is_expired=True))
        if letter in "BNGVA":
            people.append(Person(letter, _account(store, letter, None), has_city=True))
    return tuple(people)


def _account(store: Store, letter: str, cell: str | None, *, ended: bool = False) -> str:
    login = f"{letter.lower()}-{cell or 'city'}-{'ended' if ended else 'now'}"
    moment = datetime.now(UTC)
    with store.app.begin() as conn:
        account = add_account(
            conn, login=login, name=login, role=_LETTERS[letter], password="long-enough-1",
            cells=None if cell is None else [cell], department="roads" if letter == "H" else None,
            now=moment - timedelta(days=2), until=moment - timedelta(days=1) if ended else None,
        )  # fmt: skip
        found = find_by_login(conn, login=login)
        assert found is not None and bool(found.postings) != ended
        return add_token(conn, account=account, label="matrix", now=moment)


def _bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


_count = iter(range(10_000_000, 99_999_999))


def _seed(client: httpx.Client, admin: str, place: str, disputed: bool = False) -> Seed:
    """File a case in a place and bring it to its department, or before the panel."""
    unit, matter = PLACES[place]
    lon, lat = inside(unit)
    serial = next(_count)
    lon, lat = (
        lon + serial % 90 * 1e-5,
        lat + serial // 90 % 90 * 1e-5,
    )  # a spot that many unrelated reports share is taken for a device's guess
    phone, words, reporter = f"138{serial}", f"hiddenword{serial}", f"Reporter {serial}"
    photo = _put_photo(client, serial)
    body = a_report(lon=lon, lat=lat, category=matter, text=f"{words}, call {phone}", photos=[photo],
                    reporter={"name": reporter, "phone": phone}, accuracy_m=1)  # fmt: skip
    answer = client.post("/api/v1/reports", json=body)
    assert answer.status_code == 201, answer.text
    number = answer.json()["case_no"]
    for said in [{"act": "accept"}, {"act": "dispatch"}, *[{"act": "dispute", "note": f"see {words}"}] * disputed]:
        acted = client.post(f"/api/v1/cases/{number}/actions", json=said, headers=_bearer(admin))
        assert acted.status_code == 200, acted.text
    dispute = str(acted.json()["dispute"]) if disputed else ""
    return Seed(place, number, body["id"], photo, words, phone, reporter, dispute)


def _put_photo(client: httpx.Client, serial: int) -> str:
    kept = io.BytesIO()
    Image.new("RGB", (8, 8), (serial % 256, serial // 256 % 256, serial // 65536 % 256)).save(kept, "PNG")
    name = hashlib.sha256(kept.getvalue()).hexdigest()
    assert client.put(f"/api/v1/photos/{name}", content=kept.getvalue()).status_code in (200, 201)
    return name


def _routes(app: FastAPI) -> set[tuple[str, str]]:
    """Every route that the application serves; HEAD comes with GET."""
    found: set[tuple[str, str]] = set()
    for one in app.routes:
        for route in getattr(getattr(one, "original_router", None), "routes", [one]):
            methods = getattr(route, "methods", None) or {"MOUNT"}
            found |= {(method, route.path) for method in methods - {"HEAD"}}
    return found


def _expected(row: Row, person: Person, place: str | None, seed: Seed) -> set[int]:
    letter = "C" if person.is_expired else person.letter
    refused = 401 if letter == "P" and row.refused == 403 and row.query != "history=true" else row.refused
    if letter in row.city:
        return {row.ok, *row.either} if person.has_city else {403}
    if letter not in row.who:
        return {refused}
    if place is not None and letter in WORKERS:
        held = person.sees(place) and not (seed.dispute and letter == "H")
        if held and row.leading and letter == "S":
            return {403}
        return {row.ok} if held else {row.beyond}
    return {row.ok, *row.either}


def _address(row: Row, seed: Seed, town: Town) -> str:
    known = FIXED | {"{case_no}": seed.number, "{dispute}": seed.dispute, "{report_id}": seed.report_id,
                     "{sha256}": "short" if row.method == "PUT" else seed.photo} | _tile(14)  # fmt: skip
    address = row.path or "/no-such-file.js"
    if "{number}" in address:
        papers = town.client.get(address.removesuffix("/{number}"), headers=_bearer(town.admin)).json()["items"]
        address = address.replace("{number}", papers[-1]["number"])
    for name, value in known.items():
        address = address.replace(name, value)
    numbers = "&".join(f"case_no={one.number}" for one in town.seeds)
    query = row.query.replace("{numbers}", numbers).replace("{from_the_beginning}", "cursor=1-0-0")
    return f"{address}?{query}" if query else address


def _tile(z: int) -> dict[str, str]:
    lon, lat = inside(W)
    side, slope = 1 << z, math.radians(lat)
    y = (1 - math.asinh(math.tan(slope)) / math.pi) / 2 * side
    return {"{x}": str(int((lon + 180) / 360 * side)), "{y}": str(int(y))}


def _ask(town: Town, row: Row, person: Person, seed: Seed, address: str) -> tuple[int, bytes]:
    method = "GET" if row.method == "MOUNT" else row.method
    body = json.dumps(row.body() if callable(row.body) else row.body).replace('"{dispute}"', seed.dispute)
    headers = _bearer(person.token) | {"content-type": "application/json"}
    if row.path == "/api/v1/events":
        return _listen(town, person, address)
    answer = town.client.request(method, address, content=body if row.body is not None else None, headers=headers)
    return answer.status_code, answer.content


def _listen(town: Town, person: Person, address: str) -> tuple[int, bytes]:
    """What a stream tells until it falls silent; with more patience where a busy machine is slow to open it."""
    for silence_s in (1, 4, 16):
        try:
            return _heard(town, person, address, silence_s)
        except httpx.ReadTimeout:
            continue
    return _heard(town, person, address, PATIENCE_S)


def _heard(town: Town, person: Person, address: str, silence_s: float) -> tuple[int, bytes]:
    heard = b""
    timeout = httpx.Timeout(PATIENCE_S, read=silence_s)
    with town.client.stream("GET", address, headers=_bearer(person.token), timeout=timeout) as answer:
        try:
            for part in answer.iter_bytes():
                heard += part
                if b": quiet" in part:
                    break
        except httpx.ReadTimeout:
            pass
        return answer.status_code, heard


_TELLS_OF_OLD = ("/api/v1/events", "/api/v1/scores/fragmentation/cases")


def _leaks(seeds: Iterable[Seed], row: Row, person: Person, address: str, status: int, told: bytes) -> list[str]:
    """What was told and is not this person's to know."""
    if row.path == "/api/v1/reports/{report_id}" and person.letter == "P":
        return []  # the sender himself, who made the id
    found = []
    for seed in seeds:
        sees = person.sees_case(seed)
        told_back = status >= 400 and seed.number in address  # a refusal names what was asked for
        # The log tells a department what it could hear while it held a case; its figures count what it was handed.
        told_back |= row.path in _TELLS_OF_OLD and person.letter == "H" and person.sees(seed.place)
        # Suggested before somebody reports the same: the number by which he may support it, and nothing that was said.
        told_back |= row.path == "/api/v1/duplicates"
        is_look = row.path.endswith("/looks") and person.letter in KNOWING and sees
        allowed = {
            seed.number: sees or told_back,
            seed.words: sees and person.letter in READERS,
            seed.photo: sees and person.letter in READERS,
            seed.phone: is_look,
            seed.reporter: is_look,
        }
        found += [secret for secret, may in allowed.items() if not may and secret.encode() in told]
    return found


def _attempts(row: Row) -> tuple[str | None, ...]:
    return tuple(PLACES) if row.disputed or any(name in row.path for name in PLACED) else (None,)


def test_every_route_stands_in_the_matrix(town: Town) -> None:
    known, served = {row.key for row in ROWS}, _routes(town.app)
    assert served <= known, f"without a row in tests/api/role_table.py: {sorted(served - known)}"
    assert known <= served, f"no longer served: {sorted(known - served)}"


def test_every_role_is_answered_as_the_table_says_and_nothing_leaks(
    town: Town, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[str] = []
    leaked: list[str] = []
    tried = 0
    for row in ROWS:
        for place in _attempts(row):
            for person in town.people:
                seed = town.seed(place or "inside", disputed=row.disputed)
                if row.fresh and row.ok in _expected(row, person, place, seed):
                    seed = _seed(town.client, town.admin, seed.place, row.disputed)
                address = _address(row, seed, town)
                status, told = _ask(town, row, person, seed, address)
                tried += 1
                what = f"{row.method} {address} {row.body if row.path.endswith('actions') else ''} as {person.name}"
                if status not in (expected := _expected(row, person, place, seed)):
                    wrong.append(f"{what}: {status}, not {expected}: {told[:160]!r}")
                seeds = dict.fromkeys((*town.seeds, seed))
                leaked += [f"{what} {place}: {one}" for one in _leaks(seeds, row, person, address, status, told)]
    figures = (
        f"{len({row.key for row in ROWS})} routes, {len(town.people)} people, {tried} requests, {len(leaked)} leaks"
    )
    record_property("matrix", figures)
    with capsys.disabled():
        print(f"\nrole matrix: {figures}")
    assert not leaked and not wrong, "\n".join([f"{len(leaked)} leaks:", *leaked, f"{len(wrong)} answers:", *wrong])


def test_lists_totals_and_hot_spots_count_the_same_cases(town: Town) -> None:
    for person in town.people:
        if person.letter not in WORKERS or person.is_expired:
            continue
        headers = _bearer(person.token)
        listed = town.client.get("/api/v1/cases", headers=headers).json()["items"]
        spots = town.client.get("/api/v1/hotspots", headers=headers).json()
        expected = {one.number for one in town.seeds if person.sees_case(one)}
        assert {case["case_no"] for case in listed} == expected, person.name
        assert town.client.get("/api/v1/cases/totals", headers=headers).json()["open"] == len(expected), person.name
        assert spots["cases"] + spots["elsewhere"] == len(expected), person.name


def test_the_people_of_the_matrix_cover_every_letter(town: Town) -> None:
    assert {person.letter for person in town.people} == set(ALL)
