"""Indexes that are ready: which revisions of which database can be answered from memory.

An index serves one revision of one grid and never changes. Those of the grid in force and of a few earlier
moments are kept; building happens in a thread of its own (`IndexBuilder`), never in a request. Until an index is
ready, and where it is older than the grid, `spatial/grid/locate.py` takes the candidate path instead.

Knows revisions and files. Refuses to decide where a point is.
"""

import logging
import shutil
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread

from sqlalchemy import Connection, Engine

from spatial.errors import GridmapsError
from spatial.grid.city_index import index_of_store
from spatial.grid.index import LocatorIndex, find_units, one_point
from spatial.grid.index.distance import DistanceRaster, distance_raster
from spatial.grid.index.persist import load_index, save_index
from spatial.grid.index.shares import find_shares
from spatial.grid.placement import Unit
from spatial.store.db import run, transaction
from spatial.store.queries import load_queries

SQL = load_queries(__file__, "keeper.sql")
MOST_KEPT = 6  # revisions in memory; of 10,000 units each takes about 150 MB, shared by processes when mapped
_LOOK_EVERY_S = 1.0
_log = logging.getLogger("gridmaps.index")


@dataclass(frozen=True)
class GridKey:
    """One revision of one history of one database's grid; `database` is told by the store."""

    database: str
    revision: int


@dataclass(frozen=True, eq=False)
class Kept:
    """An index with what answering from it needs."""

    index: LocatorIndex
    distance: DistanceRaster
    home_rank: int
    _units: dict[int, Unit] = field(default_factory=dict)

    @cached_property
    def find(self) -> Callable[[float, float], int]:
        """One position (lon, lat) to a unit's position in the index, or -1."""
        return one_point(self.index)

    def unit(self, at: int) -> Unit:
        """What is told of the unit at a position in the index."""
        if at not in self._units:
            code, version = self.index.codes[at], int(self.index.versions[at])
            self._units[at] = Unit(code, version, self._district(at), self._path(at))
        return self._units[at]

    def _path(self, unit: int) -> tuple[str, ...]:
        levels = sorted(self.index.levels.items())
        above = [(level, int(level.parents[unit])) for _, level in levels]
        return (*(level.codes[at] for level, at in above if at >= 0), self.index.codes[unit])

    def _district(self, unit: int) -> str:
        level = self.index.levels.get(self.home_rank)
        at = int(level.parents[unit]) if level is not None else -1
        return level.codes[at] if level is not None and at >= 0 else self._path(unit)[0]


class KeptIndexes:
    """What this process has ready, and what it was asked for in vain; safe between threads."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[GridKey, Kept] = OrderedDict()
        self._wanted: set[GridKey] = set()
        self._lock = Lock()

    def find(self, key: GridKey) -> Kept | None:
        """The index of a revision, if it is ready."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def find_before(self, key: GridKey) -> tuple[int, Kept] | None:
        """The newest index of an earlier revision of the same database."""
        with self._lock:
            earlier = [k for k in self._kept if k.database == key.database and k.revision < key.revision]
            newest = max(earlier, key=lambda k: k.revision, default=None)
            return (newest.revision, self._kept[newest]) if newest else None

    def put(self, key: GridKey, kept: Kept) -> None:
        """Keep an index; the one that was not asked for the longest time goes."""
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            self._wanted.discard(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def want(self, key: GridKey) -> None:
        """Remember that somebody could have used this index."""
        with self._lock:
            if key not in self._kept:
                self._wanted.add(key)

    def wanted(self, database: str) -> list[int]:
        """The revisions of a database that were asked for in vain, newest first."""
        with self._lock:
            return sorted((k.revision for k in self._wanted if k.database == database), reverse=True)

    def drop(self, key: GridKey) -> None:
        """Forget an index, and that it was wanted."""
        with self._lock:
            self._kept.pop(key, None)
            self._wanted.discard(key)


KEPT = KeptIndexes()


def ready_index(engine: Engine, *, directory: Path | None = None, kept: KeptIndexes = KEPT) -> Kept | None:
    """The index of the grid in force, loaded or built now; None while there is no grid. For commands."""
    with transaction(engine) as conn:
        grids = _grids(conn)
    if grids.newest is None:
        return None
    return _ready(engine, grids, grids.newest, directory, kept)


def newest_key(conn: Connection) -> GridKey | None:
    """The grid in force; None while there is none."""
    grids = _grids(conn)
    return GridKey(grids.database, grids.newest) if grids.newest is not None else None


class IndexBuilder:
    """A thread that keeps the index of the grid in force ready, and those of moments that were asked for."""

    def __init__(self, engine: Engine, *, directory: Path | None = None, kept: KeptIndexes = KEPT) -> None:
        self._engine = engine
        self._directory = directory
        self._kept = kept
        self._stopping = Flag()
        self._poked = Flag()
        self._thread = Thread(target=self._run, name="index-builder", daemon=True)

    def start(self) -> None:
        """Begin to look for grids without an index."""
        self._thread.start()

    def stop(self) -> None:
        """End; a build under way is not waited for long."""
        self._stopping.set()
        self._poked.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=2)

    def poke(self) -> None:
        """Look now: a grid was published."""
        self._poked.set()

    def look(self) -> None:
        """Make ready what is missing. Called by the thread; a test may call it itself."""
        with transaction(self._engine) as conn:
            grids = _grids(conn)
        if grids.newest is None:
            return
        for wanted in [grids.newest, *self._kept.wanted(grids.database)]:
            key = GridKey(grids.database, wanted)
            if self._stopping.is_set() or self._kept.find(key) is not None:
                continue
            if wanted in grids.moments:
                _ready(self._engine, grids, wanted, self._directory, self._kept)
            else:
                self._kept.drop(key)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except GridmapsError as not_now:
                _log.info("no index yet: %s", not_now.sentence)
            except Exception:
                _log.exception("the index could not be made; positions take the slower way")
                self._stopping.wait(30)
            self._poked.wait(_LOOK_EVERY_S)
            self._poked.clear()


def _ready(engine: Engine, grids: "_Grids", revision: int, directory: Path | None, kept: KeptIndexes) -> Kept | None:
    found = kept.find(GridKey(grids.database, revision))
    if found is not None:
        return found
    # What was built is read back through the map, so that all processes of this machine share one copy.
    index = _load(grids.place(directory, revision), revision) or _build_and_save(engine, grids, revision, directory)
    with transaction(engine) as conn:
        home_rank = int(run(conn, SQL["home_rank"]).scalar_one())
    made = Kept(index, distance_raster(index), home_rank)
    _warm(made)
    # A publish in between has made this the index of a later revision; it is kept under what it is.
    kept.put(GridKey(grids.database, index.revision), made)
    return made


def _build_and_save(engine: Engine, grids: "_Grids", revision: int, directory: Path | None) -> LocatorIndex:
    with transaction(engine) as conn:
        index = index_of_store(conn, at=None if revision == grids.newest else grids.moments[revision])
    place = grids.place(directory, index.revision)
    if place is None:
        return index
    _save(index, place)
    _prune(place.parent, grids.database)
    return _load(place, index.revision) or index


def _prune(directory: Path, database: str) -> None:
    """Delete the saved indexes of revisions long past; a process that still maps one keeps it until it lets go."""
    saved = [place for place in directory.glob(f"{database}-*") if place.name.split("-")[1].isdigit()]
    for old in sorted(saved, key=lambda place: int(place.name.split("-")[1]))[:-MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _load(place: Path | None, revision: int) -> LocatorIndex | None:
    """A saved index; None when there is none, or when it is damaged or foreign: then it is built anew."""
    if place is None or not place.is_dir():
        return None
    try:
        index = load_index(place)
    except GridmapsError as refused:
        _log.warning("a saved index is not used: %s", refused.sentence)
        shutil.rmtree(place, ignore_errors=True)
        return None
    return index if index.revision == revision else None


def _save(index: LocatorIndex, place: Path) -> None:
    """Save for the other processes and the next start. Losing this race or the disk loses nothing but time."""
    try:
        save_index(index, place)
    except (OSError, GridmapsError):
        _log.warning("the index could not be saved; it stays in memory only")


def _warm(kept: Kept) -> None:
    """Compile what the first request would wait for."""
    west, south, east, north = kept.index.bounds
    middle = [(west + east) / 2], [(south + north) / 2]
    find_units(kept.index, *middle)
    find_shares(kept.index, *middle, [30.0], distance=kept.distance)


@dataclass(frozen=True)
class _Grids:
    """The revisions of one history: a moment at which each holds, and the microsecond of its publication."""

    database: str
    newest: int | None
    moments: dict[int, datetime]
    stamps: dict[int, int]

    def place(self, directory: Path | None, revision: int) -> Path | None:
        """Where the index of a revision is saved. The stamp tells it from a revision of that number that was lost."""
        if directory is None or revision not in self.stamps:
            return None
        return directory / f"{self.database}-{revision}-{self.stamps[revision]}"


def _grids(conn: Connection) -> _Grids:
    rows = run(conn, SQL["revisions"]).all()
    known = [row for row in rows if row.id is not None]
    moments = {row.id: row.moment for row in known}
    return _Grids(rows[0].database, rows[-1].id, moments, {row.id: row.stamp for row in known})
