"""The gap list as it is asked for: pages, totals and a map, by status, matter, part of the city and level.

A cell above the unit has the worst status of its units, the sum of their square metres and their distinct leads;
where each of its units has one lead, and they differ, they tile it. A lead that a row names by a level below the
listed cell stays a level ('@unit': each unit's own body), so that no line names a thousand bodies; they tile it too.

Holds what was computed as `gaps.py` left it, a few numbers for each row of the table, and lays it out for one matter
at a time: twenty million answers are never objects. Pure; refuses to know the store.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import numpy as np

from spatial.cases.responsibility.gaps import (
    CONFLICT,
    GAP,
    NOBODY,
    ONE,
    STATUS_NAMES,
    TILED,
    MatterGaps,
    Statuses,
    run_starts,
)
from spatial.cases.responsibility.overlay import Bools, Floats, Ints, spread
from spatial.errors import Invalid, NotFound
from spatial.store.reach import WHOLE_CITY, Reach

_MOST_NAMED = 3


@dataclass(frozen=True)
class Cells:
    """The units in force at a moment in order of their paths, the cells above them, names and levels.

    `paths[i]` is unit i's chain, widest first. `levels` are the keys of the levels, widest first; the last is the
    unit's. `areas_m2` (n,) are geodesic.
    """

    paths: Sequence[tuple[str, ...]]
    names: dict[str, str]
    levels: Sequence[str]
    areas_m2: Floats

    @cached_property
    def ranges(self) -> dict[str, tuple[int, int]]:
        """First and last + 1 position of the units below each cell."""
        found: dict[str, tuple[int, int]] = {}
        for column in zip(*self.paths, strict=True):
            codes = np.array(column, dtype=object)
            edges = (np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist()
            spans = zip([0, *edges], [*edges, len(column)], strict=True)
            found.update({column[span[0]]: span for span in spans})
        return found

    @cached_property
    def groups(self) -> dict[int, Ints]:
        """By rank, for each unit a number of its cell of that rank; equal within a cell, rising."""
        starts = np.zeros((len(self.levels) + 1, len(self.paths)), dtype=np.int64)
        for code, (first, _) in self.ranges.items():
            starts[self.paths[first].index(code) + 1, first] = 1
        return dict(enumerate(np.cumsum(starts, axis=1)))

    def rank_of(self, level: str | None) -> int:
        """The rank of a level's key, the unit's for None. Raises Invalid for a level that is none."""
        if level is None:
            return len(self.levels)
        if level not in self.levels:
            raise Invalid(f"level {level} is unknown; one of {', '.join(self.levels)}", field="level")
        return list(self.levels).index(level) + 1


@dataclass(frozen=True)
class ListedMatter:
    """A category or class in force: whatever a case can be filed under."""

    code: str
    name: str
    name_zh: str = ""


@dataclass(frozen=True)
class GapFilter:
    """What is asked for; None is all. `cell` is a subtree, `level` a level's key, `statuses` names of STATUS_NAMES."""

    statuses: frozenset[str] | None = None
    matter: str | None = None
    cell: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class GapLine:
    """One matter in one cell. `leads` are references: a department's code, or '@' and a cell's code."""

    matter: str
    matter_name: str
    matter_name_zh: str
    cell: str
    name: str
    status: str
    leads: tuple[str, ...]
    gap_m2: float
    conflict_m2: float


@dataclass(frozen=True)
class MatterTotals:
    """How many cells have each status for one matter; slivers are parts that were too small to count."""

    matter: str
    matter_name: str
    matter_name_zh: str
    one: int
    tiled: int
    gap: int
    conflict: int
    gap_m2: float
    conflict_m2: float
    slivers: int
    slivers_m2: float


@dataclass(frozen=True)
class CellWorst:
    """The worst status over the matters in one cell, the sums of square metres, and how many matters are in question.

    `named` are the first few of these, each with its status.
    """

    status: str
    gap_m2: float
    conflict_m2: float
    in_question: int
    named: tuple[str, ...]


@dataclass(frozen=True)
class _View:
    """The cells that are listed: `units` are positions in reach, `starts` where each cell's units begin in them."""

    units: Ints
    starts: Ints
    rank: int
    is_everything: bool

    def worst(self, status: Statuses) -> Statuses:
        """The worst of the units' statuses for each listed cell."""
        seen = status if self.is_everything else status[self.units]
        worst: Statuses = seen if len(self.starts) == len(self.units) else np.maximum.reduceat(seen, self.starts)
        return worst

    def total(self, metres: Floats) -> Floats:
        """The sum over the units for each listed cell."""
        seen = metres if self.is_everything else metres[self.units]
        total: Floats = seen if len(self.starts) == len(self.units) else np.add.reduceat(seen, self.starts)
        return total

    def of(self, position: int) -> Ints:
        """The units of one listed cell."""
        end = self.starts[position + 1] if position + 1 < len(self.starts) else len(self.units)
        return self.units[self.starts[position] : end]


@dataclass(frozen=True)
class GapTable:
    """All matters x units at one moment; `sets[answer]` are positions in `leads`, as `gaps.Answers` numbered them."""

    cells: Cells
    matters: Sequence[ListedMatter]
    found: Sequence[MatterGaps]
    leads: Sequence[str]
    sets: Sequence[tuple[int, ...]]
    took_s: dict[str, float] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """What the answers take in memory; the cells' names and chains are not counted."""
        return sum(column.nbytes for found in self.found for column in vars(found).values())

    def page(
        self, asked: GapFilter, *, reach: Reach = WHOLE_CITY, limit: int, after: tuple[str, str] | None = None
    ) -> tuple[list[GapLine], tuple[str, str] | None]:
        """Lines behind `after` (matter, cell) in order of matters and places, and where the next page begins.

        Raises Invalid for an unknown level or status, NotFound for an unknown matter or cell.
        """
        lines = list(islice(self.lines(asked, reach=reach, after=after), limit + 1))
        more = (lines[limit - 1].matter, lines[limit - 1].cell) if len(lines) > limit else None
        return lines[:limit], more

    def lines(
        self, asked: GapFilter, *, reach: Reach = WHOLE_CITY, after: tuple[str, str] | None = None
    ) -> Iterator[GapLine]:
        """All lines, one by one: a whole city may have millions."""
        view = self._view(asked, reach)
        wanted = _wanted(asked.statuses)
        chosen = self._chosen(asked)
        begin = self._begin(chosen, after)
        for nth, matter in enumerate(chosen[begin:]):
            behind = self._behind(view, after[1]) if after and nth == 0 else 0
            yield from self._lines_of(matter, view, wanted, behind)

    def totals(self, asked: GapFilter, *, reach: Reach = WHOLE_CITY) -> list[MatterTotals]:
        """Counts of the listed cells by status, for each matter; `asked.statuses` does not count here."""
        view = self._view(asked, reach)
        return [self._totals_of(matter, view) for matter in self._chosen(asked)]

    def worst_by_cell(self, asked: GapFilter, *, reach: Reach = WHOLE_CITY) -> dict[str, CellWorst]:
        """The listed cells over all matters together; `asked.statuses` does not count here."""
        view = self._view(asked, reach)
        cells = len(view.starts)
        status, in_question = np.zeros(cells, dtype=np.int8), np.zeros(cells, dtype=np.int64)
        gap_m2, conflict_m2 = np.zeros(cells), np.zeros(cells)
        named: list[tuple[str, ...]] = [()] * cells
        for matter in self._chosen(asked) if cells else ():
            seen = self._laid_out(matter)
            worst = self._status_of_cells(matter, view, seen[0])
            for cell in np.flatnonzero((worst >= GAP) & (in_question < _MOST_NAMED)).tolist():
                named[cell] += (f"{self.matters[matter].name} ({STATUS_NAMES[worst[cell]]})",)
            np.maximum(status, worst, out=status)
            in_question += worst >= GAP
            gap_m2 += view.total(seen[1])
            conflict_m2 += view.total(seen[2])
        codes = [self.cells.paths[unit][view.rank - 1] for unit in view.units[view.starts].tolist()]
        columns = (status.tolist(), gap_m2.round(1).tolist(), conflict_m2.round(1).tolist(), in_question.tolist())
        values = zip(codes, *columns, named, strict=True)
        return {code: CellWorst(STATUS_NAMES[one], *rest) for code, one, *rest in values}

    def _chosen(self, asked: GapFilter) -> list[int]:
        if asked.matter is None:
            return list(range(len(self.matters)))
        chosen = [i for i, matter in enumerate(self.matters) if matter.code == asked.matter]
        if not chosen:
            raise NotFound(
                f"Matter {asked.matter!r} is not in force at that moment; list the matters for those that are.",
                field="matter",
            )  # fmt: skip
        return chosen

    def _view(self, asked: GapFilter, reach: Reach) -> _View:
        rank = self.cells.rank_of(asked.level)
        seen = self._in_reach(reach)
        if asked.cell is not None:
            if asked.cell not in self.cells.ranges:
                raise NotFound(f"There is no cell {asked.cell!r} with units at that moment.", field="cell")
            first, last = self.cells.ranges[asked.cell]
            seen[:first] = False
            seen[last:] = False
        units = np.flatnonzero(seen)
        starts = np.arange(len(units)) if rank == len(self.cells.levels) else run_starts(self.cells.groups[rank][units])
        return _View(units, starts, rank, bool(seen.all()))

    def _in_reach(self, reach: Reach) -> Bools:
        """Which units lie in a reach. A department's tag is its cell's: the table is not about who holds a case."""
        seen = np.full(len(self.cells.paths), reach.tags is None)
        for tag in reach.tags or ():
            code = tag.rpartition("@")[2]
            first, last = self.cells.ranges.get(code, (0, 0)) if code else (0, len(seen))
            seen[first:last] = True
        return seen

    def _begin(self, chosen: list[int], after: tuple[str, str] | None) -> int:
        if after is None:
            return 0
        codes = [self.matters[matter].code for matter in chosen]
        if after[0] not in codes or after[1] not in self.cells.ranges:
            raise Invalid("cursor is not one that this list gave out; leave it away to begin", field="cursor")
        return codes.index(after[0])

    def _behind(self, view: _View, cell: str) -> int:
        """How many of the listed cells come before a page that begins behind this one."""
        last = self.cells.ranges[cell][1]
        return int(np.searchsorted(view.units[view.starts], last)) if len(view.starts) else 0

    def _laid_out(self, matter: int) -> tuple[Statuses, Floats, Floats]:
        """Status, square metres of gap and of conflict for every unit."""
        found = self.found[matter]
        status = np.repeat(self._status_of_answers(found.answers), np.diff(found.bounds))
        status[found.touched] = found.status
        gap_m2 = np.where(status == GAP, self.cells.areas_m2, 0.0)
        conflict_m2 = np.where(status == CONFLICT, self.cells.areas_m2, 0.0)
        gap_m2[found.touched], conflict_m2[found.touched] = found.gap_m2, found.conflict_m2
        return status, gap_m2, conflict_m2

    def _status_of_cells(self, matter: int, view: _View, status: Statuses) -> Statuses:
        """The worst of the units' statuses for each listed cell; tiled where each has one lead and they differ."""
        worst, found = view.worst(status), self.found[matter]
        answers = np.union1d(found.answers, found.part_answer)
        below = np.unique(self._levels_named[answers[answers <= len(self.leads)]])
        below = below[below > view.rank]
        if len(view.starts) == len(view.units) or (len(answers) < 2 and not len(below)):
            return worst
        who = self._who(found, below)[view.units]
        differ = np.minimum.reduceat(who, view.starts) < np.maximum.reduceat(who, view.starts)
        tiled: Statuses = np.where((worst == ONE) & differ, TILED, worst).astype(np.int8)
        return tiled

    def _who(self, found: MatterGaps, below: Ints) -> Ints:
        """For each unit of one lead a number of its lead; bodies of a rank in `below` have a number each. What units
        of several leads have means nothing.
        """
        answers = np.repeat(found.answers, np.diff(found.bounds))
        answers[found.touched] = found.part_answer[np.searchsorted(found.part_unit, found.touched)]
        named = self._levels_named[np.where(answers <= len(self.leads), answers, NOBODY)]
        who: Ints = answers * (len(self.cells.paths) + 1)
        for rank in below.tolist():
            who += np.where(named == rank, self.cells.groups[rank], 0)
        return who

    @cached_property
    def _levels_named(self) -> Ints:
        """For each answer of one lead the rank of the level that the lead names; 0 for a department, a cell, nobody."""
        ranks = {f"@{key}": rank for rank, key in enumerate(self.cells.levels, start=1)}
        return np.array([0, *(ranks.get(ref, 0) for ref in self.leads)], dtype=np.int64)

    def _status_of_answers(self, answers: Ints) -> Statuses:
        several = answers > len(self.leads)
        status: Statuses = np.where(several, CONFLICT, np.where(answers == NOBODY, GAP, ONE)).astype(np.int8)
        return status

    def _lines_of(self, matter: int, view: _View, wanted: Ints, behind: int) -> Iterator[GapLine]:
        seen = self._laid_out(matter)
        if len(view.units) == 0:
            return
        status, gap_m2, conflict_m2 = (
            self._status_of_cells(matter, view, seen[0]), view.total(seen[1]), view.total(seen[2]),
        )  # fmt: skip
        listed = self.matters[matter]
        for cell in (np.flatnonzero(np.isin(status[behind:], wanted)) + behind).tolist():
            units = view.of(cell)
            path = self.cells.paths[units[0]][: view.rank]
            metres = round(float(gap_m2[cell]), 1), round(float(conflict_m2[cell]), 1)
            yield GapLine(
                listed.code, listed.name, listed.name_zh, path[-1], self.cells.names[path[-1]],
                STATUS_NAMES[status[cell]], self._leads(self.found[matter], units, path), *metres,
            )  # fmt: skip

    def _leads(self, found: MatterGaps, units: Ints, path: tuple[str, ...]) -> tuple[str, ...]:
        """The distinct leads of some units, as they are called in the cell at the end of the path."""
        at = np.searchsorted(found.touched, units)
        is_touched = at < len(found.touched)
        is_touched[is_touched] = found.touched[at[is_touched]] == units[is_touched]
        whole = found.answers[np.unique(np.searchsorted(found.bounds, units[~is_touched], side="right") - 1)]
        first = np.searchsorted(found.part_unit, units[is_touched])
        count = np.searchsorted(found.part_unit, units[is_touched], side="right") - first
        answers = {*whole.tolist(), *found.part_answer[spread(first, count)].tolist()}
        return tuple(sorted({self._called(lead, path) for answer in answers for lead in self.sets[answer]}))

    def _called(self, lead: int, path: tuple[str, ...]) -> str:
        ref = self.leads[lead]
        if not ref.startswith("@") or ref[1:] not in self.cells.levels:
            return ref
        rank = self.cells.rank_of(ref[1:])
        return "@" + path[rank - 1] if rank <= len(path) else ref

    def _totals_of(self, matter: int, view: _View) -> MatterTotals:
        status, gap_m2, conflict_m2 = self._laid_out(matter)
        seen = self._status_of_cells(matter, view, status) if len(view.units) else np.empty(0, dtype=np.int64)
        one, tiled, gap, conflict = np.bincount(seen, minlength=len(STATUS_NAMES)).tolist()
        found, listed = self.found[matter], self.matters[matter]
        mine = np.isin(found.sliver_unit, view.units)
        metres = [round(float(square[view.units].sum()), 1) for square in (gap_m2, conflict_m2)]
        return MatterTotals(
            listed.code, listed.name, listed.name_zh, one, tiled, gap, conflict, metres[0], metres[1],
            slivers=int(mine.sum()), slivers_m2=round(float(found.sliver_m2[mine].sum()), 3),
        )  # fmt: skip


def _wanted(statuses: frozenset[str] | None) -> Ints:
    unknown = sorted((statuses or frozenset()) - set(STATUS_NAMES))
    if unknown:
        raise Invalid(f"status {unknown[0]} is unknown; one or more of {', '.join(STATUS_NAMES)}", field="status")
    return np.array([i for i, name in enumerate(STATUS_NAMES) if statuses is None or name in statuses], dtype=np.int64)
