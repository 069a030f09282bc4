"""`gridmaps bench locate`: the locator beside its peers, row by row.

Ours is timed on all points, a peer on the first of the same points; both are rates. A peer that is not there leaves
a row that says what to install.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from api.bench.discs import measure_discs
from api.bench.ground import City, Ground, make_city, make_ground
from api.bench.peer_engines import DuckDB, SedonaDB
from api.bench.peer_frames import Intersects, Within
from api.bench.peer_postgis import PostGIS
from api.bench.peers import Compared, Missing, Peer, compare
from api.bench.rows import Row
from api.bench.singles import against_server, against_tree, gather
from api.bench.timing import Clock, cpu_clock, medians
from spatial.errors import Invalid
from spatial.grid.index.compiled import COMPILED
from spatial.store.opening import Store

JOINS: tuple[type[Peer], ...] = (Within, Intersects, SedonaDB, DuckDB)
PEERS = ("sjoin", "sedonadb", "duckdb", "postgis", "gather", "shapely", "discs")
_REACHED = {10_000: "1.4 s, go for 0.4 s", 100_000: "22 s, go for 4 s"}
_Told = Callable[[str], None]
_OpenStore = Callable[[ExitStack], Store]


@dataclass(frozen=True)
class Wanted:
    """What to measure: `few` points for the peers, the medians of so many `repeats`."""

    units: int = 10_000
    points: int = 10_000_000
    few: int = 1_000_000
    repeats: int = 3
    peers: tuple[str, ...] = PEERS


def read_peers(text: str) -> tuple[str, ...]:
    """`all`, `none`, or names with commas. Raises Invalid for others."""
    if text in ("all", "none"):
        return PEERS if text == "all" else ()
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in PEERS:
            raise Invalid(f"peers: {name!r} is not one of all, none, {', '.join(PEERS)}.", field="peers")
    return names


def measure(wanted: Wanted, *, open_store: _OpenStore, told: _Told) -> Iterator[Row]:
    """The rows, as they come. `open_store` is asked only for PostGIS; `told` hears what is being done."""
    told(f"Making a city of {wanted.units} units")
    city = make_city(wanted.units)
    yield from _build(city, wanted.repeats, told)
    told(f"Placing {wanted.points} points")
    ground = make_ground(city, points=wanted.points, few=wanted.few)
    with ExitStack() as leaving:
        yield from _joins(ground, wanted, leaving, open_store, told)
    yield from _singles(ground, wanted, told)
    if "sjoin" in wanted.peers:
        told("One cold join")
        yield _cold(ground)


def _build(city: City, repeats: int, told: _Told) -> Iterator[Row]:
    told("Building the index")
    size = city.index().nbytes  # the first also loads what is compiled
    seconds = medians({"ours": (city.index, cpu_clock)}, repeats)["ours"]
    units = len(city.codes)
    reach = _REACHED.get(units, "")
    yield Row(f"build, {units} units", ours=seconds, unit="s", bytes=size, note=reach and f"reach {reach}")


def _joins(ground: Ground, wanted: Wanted, leaving: ExitStack, open_store: _OpenStore, told: _Told) -> Iterator[Row]:
    ready: dict[str, tuple[Peer, Compared]] = {}
    for peer in _peers(ground, wanted, leaving, open_store):
        told(f"Preparing {peer.what}")
        try:
            ready[peer.what] = (peer, _prepared(peer, leaving))
        except Missing as missing:
            yield Row(peer.what, note=str(missing))
    told("Timing the joins, in turns")
    runs: dict[str, tuple[Callable[[], object], Clock]] = {"ours": (ground.locate, cpu_clock)}
    runs |= {what: (peer.join, peer.clock) for what, (peer, _) in ready.items()}
    if "gather" in wanted.peers:
        runs["gather"] = (gather(ground), cpu_clock)
        runs["gather"][0]()
    ground.locate()
    seconds = medians(runs, wanted.repeats)
    yield from _join_rows(ground, seconds, ready)
    yield from _server_lookups(ground, ready, wanted.repeats)


def _peers(ground: Ground, wanted: Wanted, leaving: ExitStack, open_store: _OpenStore) -> Iterator[Peer]:
    for kind in JOINS:
        if kind.key in wanted.peers:
            yield kind(ground)
    if "postgis" in wanted.peers:
        yield PostGIS(ground, open_store(leaving))


def _prepared(peer: Peer, leaving: ExitStack) -> Compared:
    """The peer made ready, and its answers, once and unhurried, compared with ours."""
    peer.check_installed()
    leaving.callback(peer.close)
    peer.prepare()
    peer.join()
    return compare(peer.ground, peer.pairs())


def _join_rows(ground: Ground, seconds: dict[str, float], ready: dict[str, tuple[Peer, Compared]]) -> Iterator[Row]:
    ours, size = len(ground.lons) / seconds["ours"], ground.index.nbytes
    way = "compiled" if COMPILED else "numpy; pip install 'gridmaps[fast]' for the compiled way"
    yield Row(f"locate {len(ground.lons)} points", ours=ours, bytes=size, note=way)
    for what, (peer, compared) in ready.items():
        rate = ground.few / seconds[what]
        yield Row(what, ours, rate, ours / rate, compared.equal, bytes=size, note=_note(peer, compared, ground.few))
    if "gather" in seconds:
        rate = len(ground.lons) / seconds["gather"]
        yield Row("gather from 61 MB, the bound", ours, rate, ours / rate, bytes=size, note="reach 0.27, go for 0.45")


def _note(peer: Peer, compared: Compared, few: int) -> str:
    border = f"; {compared.border} on a line, where its predicate differs" if compared.border else ""
    return f"reach {peer.reach}; peer on {few} points{border}"


def _server_lookups(ground: Ground, ready: dict[str, tuple[Peer, Compared]], repeats: int) -> Iterator[Row]:
    for peer, _ in ready.values():
        if isinstance(peer, PostGIS):
            peer.prepare_lookups()
            ours, theirs, equal = against_server(ground, peer.lookup, repeats)
            yield _lookup_row("one lookup, psycopg2 prepared", ours, theirs, equal, ground, "60, go for 100; wall time")


def _singles(ground: Ground, wanted: Wanted, told: _Told) -> Iterator[Row]:
    if "shapely" in wanted.peers:
        told("Single lookups")
        for made, what in ((True, "point made beforehand"), (False, "point made of lon and lat")):
            ours, theirs, equal = against_tree(ground, wanted.repeats, points_made=made)
            named = f"one lookup, shapely STRtree, {what}"
            yield _lookup_row(named, ours, theirs, equal, ground, "25, go for 40")
    if "discs" in wanted.peers:
        told("Accuracy discs")
        discs = measure_discs(ground, wanted.repeats)
        size = ground.index.nbytes + discs.distance_bytes
        note = f"reach 29, go for 60; {discs.note}"
        what, ratio = "disc shares K=64, shapely buffers", discs.ours / discs.peer
        yield Row(what, discs.ours, discs.peer, ratio, discs.equal, "discs/s", size, note)


def _lookup_row(what: str, ours: float, theirs: float, equal: bool, ground: Ground, reach: str) -> Row:
    size = ground.index.nbytes
    return Row(what, ours * 1e6, theirs * 1e6, theirs / ours, equal, "us", size, f"reach {reach}")


def _cold(ground: Ground) -> Row:
    """One join from nothing, where an index can lose: both build theirs, then join the peers' points once."""
    lons, lats = ground.lons[: ground.few], ground.lats[: ground.few]
    peer = Within(ground)
    peer.prepare_cold()

    def ours() -> None:
        Ground(ground.city, ground.city.index(), lons, lats, ground.few).locate()

    seconds = medians({"ours": (ours, cpu_clock), "peer": (peer.join, cpu_clock)}, 1)
    equal = compare(ground, peer.pairs()).equal
    what = f"cold: build and join {ground.few} points, sjoin within"
    ratio = seconds["peer"] / seconds["ours"]
    return Row(what, seconds["ours"], seconds["peer"], ratio, equal, "s", ground.index.nbytes)


def measure_growth(sizes: Sequence[int], *, points: int, few: int, repeats: int, told: _Told) -> Iterator[Row]:
    """How cost grows with the number of units: for each size the build, and the rate beside sjoin within."""
    for units in sizes:
        told(f"Making a city of {units} units")
        city = make_city(units)
        yield from _build(city, 1, told)
        ground = make_ground(city, points=points, few=few)
        peer = Within(ground)
        with ExitStack() as leaving:
            compared = _prepared(peer, leaving)
            ground.locate()
            seconds = medians({"ours": (ground.locate, cpu_clock), "peer": (peer.join, cpu_clock)}, repeats)
        ours, theirs = len(ground.lons) / seconds["ours"], ground.few / seconds["peer"]
        outside = float(np.mean(ground.units < 0))
        note = f"{outside:.0%} of the points outside"
        what = f"{units} units, sjoin within"
        yield Row(what, ours, theirs, ours / theirs, compared.equal, bytes=ground.index.nbytes, note=note)
