"""Who leads where, for a matter in all units at once: one, tiled, gap or conflict.

Units stand in the order of their paths, so a cell's subtree is a range of positions. The ranges of a matter's rows
cut the city into segments in which the same rows apply; only the pieces of units that one of the matter's
jurisdictions touches are looked at beside them. So the work follows the rows and not the units, and a matter without
a row is one segment. Which rows decide is the rule of `specificity.py`, asked once for each set of standings.

A part of a unit is all of it that has one answer. Parts under `sliver_m2` are ignored and counted; then any part in
dispute makes the unit a conflict, else any part with no row a gap, else several leads tile it.

Pure: arrays in, arrays out. Refuses to know the store, codes and names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from spatial.cases.responsibility.overlay import Floats, Ints, Overlay, spread
from spatial.cases.responsibility.specificity import EXCLUSIVE_GRID, Standing

Statuses = npt.NDArray[np.int8]

ONE, TILED, GAP, CONFLICT = range(4)
STATUS_NAMES = ("one", "tiled", "gap", "conflict")
NO_PRIORITY = np.iinfo(np.int64).min
NOBODY = 0  # the answer without a lead; answer 1 + i is lead i alone, the others are sets of leads
_PLACES = EXCLUSIVE_GRID  # bits of one matter rank in a set of standings


@dataclass(frozen=True)
class Duties:
    """Rows in force, as columns of one length, in order of their matters.

    A row holds in units [first, last) where `jurisdiction` is -1, else in that jurisdiction. `lead` counts references
    as rows write them: '@street' names another body in another street, and one within a unit.
    """

    matter: Ints
    first: Ints
    last: Ints
    jurisdiction: Ints
    matter_rank: Ints
    place_rank: Ints
    priority: Ints
    lead: Ints

    def __len__(self) -> int:
        return len(self.matter)

    def take(self, which: Ints) -> "Duties":
        """Some of the rows, in that order."""
        return Duties(*(column[which] for column in vars(self).values()))


@dataclass(frozen=True)
class MatterGaps:
    """The answers for one matter.

    Segment i is units [bounds[i], bounds[i + 1]), each wholly answered by `answers[i]`, but for the `touched` units
    (ascending): these have `status`, `gap_m2` and `conflict_m2`, their parts' answers, and their slivers.
    """

    bounds: Ints
    answers: Ints
    touched: Ints
    status: Statuses
    gap_m2: Floats
    conflict_m2: Floats
    part_unit: Ints
    part_answer: Ints
    sliver_unit: Ints
    sliver_m2: Floats


class Answers:
    """Numbers for sets of leads; grows as sets are met."""

    def __init__(self, leads: int) -> None:
        self.sets: list[tuple[int, ...]] = [(), *((lead,) for lead in range(leads))]
        self._leads = leads
        self._known: dict[int, int] = {}
        # A sum of random words stands for a set: two sets meet with a chance of 2 to the -64.
        self._words = np.random.default_rng(20).integers(0, 2**64, leads, dtype=np.uint64)

    def status(self, answers: Ints) -> Statuses:
        """ONE, GAP or CONFLICT for each answer."""
        several = answers > self._leads
        status: Statuses = np.where(several, CONFLICT, np.where(answers == NOBODY, GAP, ONE)).astype(np.int8)
        return status

    def number_sets(self, element: Ints, lead: Ints) -> tuple[Ints, Ints]:
        """Elements (ascending, each with several leads) and the numbers of their sets."""
        pairs = np.unique(element * self._leads + lead)
        element, lead = pairs // self._leads, pairs % self._leads
        starts = run_starts(element)
        words = np.add.reduceat(self._words[lead], starts)
        distinct, where, back = np.unique(words, return_index=True, return_inverse=True)
        ends = np.append(starts[1:], len(lead))
        numbers = [self._number(int(word), lead[starts[i] : ends[i]]) for word, i in zip(distinct, where, strict=True)]
        return element[starts], np.array(numbers, dtype=np.int64)[back]

    def _number(self, word: int, leads: Ints) -> int:
        if word not in self._known:
            self._known[word] = len(self.sets)
            self.sets.append(tuple(leads.tolist()))
        return self._known[word]


class GapFinder:
    """Decides matters over one overlay; what does not depend on the matter is computed once."""

    def __init__(self, duties: Duties, overlay: Overlay, areas_m2: Floats, *, leads: int, sliver_m2: float) -> None:
        self._duties = _without_idle(duties)
        self._overlay = overlay
        self._areas_m2 = areas_m2
        self._sliver_m2 = sliver_m2
        self.answers = Answers(leads)
        jurisdictions = int(overlay.pair_jurisdiction.max(initial=-1)) + 2
        self._pairs_from = np.searchsorted(overlay.pair_jurisdiction, np.arange(jurisdictions))

    def decide(self, nodes: Iterable[int]) -> MatterGaps:
        """The answers for a matter whose rows are those of `nodes` (itself and what it belongs to)."""
        rows = self._duties.take(self._rows_of(nodes))
        bounds, segment, segment_row = _segments(rows, len(self._areas_m2))
        pieces, piece, piece_row = self._touched(rows)
        unit = self._overlay.unit[pieces]
        many = len(bounds) - 1
        inherited, inherited_row = _of_segments(np.searchsorted(bounds, unit, side="right") - 1, segment, segment_row)
        element = np.concatenate((segment, inherited + many, piece + many))
        row = np.concatenate((segment_row, inherited_row, piece_row))
        order = np.argsort(element, kind="stable")
        found = self._lead(rows, many + len(pieces), element[order], row[order])
        return self._sum_up(bounds, found[:many], unit, found[many:], self._overlay.share[pieces])

    def _rows_of(self, nodes: Iterable[int]) -> Ints:
        wanted = np.array(sorted(set(nodes)), dtype=np.int64)
        first = np.searchsorted(self._duties.matter, wanted)
        return spread(first, np.searchsorted(self._duties.matter, wanted, side="right") - first)

    def _touched(self, rows: Duties) -> tuple[Ints, Ints, Ints]:
        """The pieces of every unit that the rows' jurisdictions touch, and pairs of their positions with rows."""
        which = np.flatnonzero((rows.jurisdiction >= 0) & (rows.jurisdiction < len(self._pairs_from) - 1))
        first = self._pairs_from[rows.jurisdiction[which]]
        count = self._pairs_from[rows.jurisdiction[which] + 1] - first
        covered = self._overlay.pair_piece[spread(first, count)]
        units = np.unique(self._overlay.unit[covered])
        begin = np.searchsorted(self._overlay.unit, units)
        pieces = spread(begin, np.searchsorted(self._overlay.unit, units, side="right") - begin)
        return pieces, np.searchsorted(pieces, covered), np.repeat(which, count)

    def _lead(self, rows: Duties, elements: int, element: Ints, row: Ints) -> Ints:
        """The answer for each element, from pairs of elements (ascending) with the rows that apply there."""
        answer = np.full(elements, NOBODY, dtype=np.int64)
        if len(element) == 0:
            return answer
        element, row = _deciding(rows, element, row)
        lead, starts = rows.lead[row], run_starts(element)
        least, most = np.minimum.reduceat(lead, starts), np.maximum.reduceat(lead, starts)
        answer[element[starts]] = 1 + least
        torn = np.repeat(least != most, np.diff(np.append(starts, len(element))))
        if torn.any():
            several, numbers = self.answers.number_sets(element[torn], lead[torn])
            answer[several] = numbers
        return answer

    def _sum_up(self, bounds: Ints, answers: Ints, unit: Ints, found: Ints, share: Floats) -> MatterGaps:
        """Join the pieces of one answer within a unit into parts, leave slivers out, and tell each unit's status."""
        base = int(found.max(initial=0)) + 1
        parts, part = np.unique(unit * base + found, return_inverse=True)
        part_unit, part_answer = parts // base, parts % base
        size = np.bincount(part, weights=share * self._areas_m2[unit], minlength=len(parts))
        starts = run_starts(part_unit)
        counts = np.diff(np.append(starts, len(parts)))
        largest = np.repeat(np.maximum.reduceat(size, starts), counts) if len(starts) else size
        # A unit that is itself smaller than a sliver is answered by its largest part.
        kept = (size >= self._sliver_m2) | (size == largest)
        slivers = part_unit[~kept], size[~kept]
        return self._told(bounds, answers, part_unit[kept], part_answer[kept], size[kept], slivers)

    def _told(
        self, bounds: Ints, answers: Ints, unit: Ints, answer: Ints, size: Floats, slivers: tuple[Ints, Floats]
    ) -> MatterGaps:
        starts = run_starts(unit)
        kind = self.answers.status(answer)
        if len(starts) == 0:
            nothing = np.empty(0)
            return MatterGaps(bounds, answers, unit, kind, nothing, nothing, unit, answer, *slivers)
        counts = np.diff(np.append(starts, len(unit)))
        status = np.maximum.reduceat(kind, starts)
        status[(status == ONE) & (counts > 1)] = TILED
        gap_m2 = np.add.reduceat(np.where(kind == GAP, size, 0.0), starts)
        conflict_m2 = np.add.reduceat(np.where(kind == CONFLICT, size, 0.0), starts)
        return MatterGaps(bounds, answers, unit[starts], status, gap_m2, conflict_m2, unit, answer, *slivers)


def run_starts(values: Ints) -> Ints:
    """Where each run of equal values begins."""
    if len(values) == 0:
        return np.empty(0, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))


def _without_idle(rows: Duties) -> Duties:
    """Without rows that can never change an answer, so that rows heaped on one place cost no more than its leads.

    Of the rows with one place and standing only those of the highest priority ever decide, and one for each lead.
    """
    if len(rows) == 0:
        return rows
    place = (rows.place_rank, rows.jurisdiction, rows.last, rows.first, rows.matter)
    order = np.lexsort((rows.lead, -np.maximum(rows.priority, -np.iinfo(np.int64).max), *place))
    columns = np.stack([column[order] for column in place])
    begins = np.append(True, (columns[:, 1:] != columns[:, :-1]).any(axis=0))
    group = np.cumsum(begins) - 1
    highest = rows.priority[order][begins][group]
    lead, before = rows.lead[order], np.roll(rows.lead[order], 1)
    return rows.take(order[(rows.priority[order] == highest) & (begins | (lead != before))])


def _segments(rows: Duties, units: int) -> tuple[Ints, Ints, Ints]:
    """Bounds of the segments, and pairs of segments (ascending) with the rows that hold in them."""
    which = np.flatnonzero(rows.jurisdiction < 0)
    first, last = rows.first[which], rows.last[which]
    bounds = np.unique(np.concatenate((np.array([0, units], dtype=np.int64), first, last)))
    begin = np.searchsorted(bounds, first)
    count = np.searchsorted(bounds, last) - begin
    segment, row = spread(begin, count), np.repeat(which, count)
    order = np.argsort(segment, kind="stable")
    return bounds, segment[order], row[order]


def _of_segments(wanted: Ints, segment: Ints, row: Ints) -> tuple[Ints, Ints]:
    """Pairs of positions in `wanted` with the rows of the segment that is named there."""
    first = np.searchsorted(segment, wanted)
    count = np.searchsorted(segment, wanted, side="right") - first
    return np.repeat(np.arange(len(wanted)), count), row[spread(first, count)]


def _deciding(rows: Duties, element: Ints, row: Ints) -> tuple[Ints, Ints]:
    """Of the pairs those on the front of their element, and of these those of the highest priority."""
    bit = (rows.matter_rank[row] - 1) * _PLACES + rows.place_rank[row] - 1
    starts = run_starts(element)
    standings, back = np.unique(np.bitwise_or.reduceat(1 << bit, starts), return_inverse=True)
    fronts = np.array([front_of(int(one)) for one in standings], dtype=np.int64)[back]
    counts = np.diff(np.append(starts, len(element)))
    on_front = (np.repeat(fronts, counts) >> bit) & 1 == 1
    element, row = element[on_front], row[on_front]
    starts = run_starts(element)
    counts = np.diff(np.append(starts, len(element)))
    highest = np.repeat(np.maximum.reduceat(rows.priority[row], starts), counts)
    wins = rows.priority[row] == highest
    return element[wins], row[wins]


@lru_cache(maxsize=4096)
def front_of(standings: int) -> int:
    """Of a set of standings, as bits, those that no other one beats."""
    held = {bit: Standing(bit // _PLACES + 1, bit % _PLACES + 1) for bit in range(3 * _PLACES) if standings >> bit & 1}
    front = (bit for bit, one in held.items() if not any(other.beats(one) for other in held.values()))
    return sum(1 << bit for bit in front)
