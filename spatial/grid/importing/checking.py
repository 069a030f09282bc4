"""The checks of an import: each returns findings, none repairs.

Measured in the city's metric plane. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from spatial.grid import coverage
from spatial.grid.codes import ANY_CODE, CodeRule, find_fault
from spatial.grid.geodesy import MetricPlane
from spatial.grid.importing.assembling import Tree
from spatial.grid.importing.findings import DIRT, FATAL, NOTICE, Found
from spatial.grid.importing.pieces import Piece, polygonal

_Key = tuple[int, str | None]
_CROSSES = 0.01
_LEAVES_M2 = 1.0
_SAME_HOLE = 0.99


def check_codes(tree: Tree, rules: dict[int, CodeRule]) -> list[Found]:
    """Duplicate codes, codes that cannot be stored, that break their pattern or their parent's prefix."""
    pieces = [piece for level in tree.values() for piece in level if piece.code is not None]
    counts = Counter(piece.code for piece in pieces)
    found = [
        Found("duplicate_code", FATAL, (str(code),), _duplicate(str(code), pieces))
        for code, count in sorted(counts.items())
        if count > 1
    ]
    for piece in pieces:
        assert piece.code is not None
        rule = rules[piece.rank]
        fault = find_fault(rule, piece.code, parent=piece.parent)
        if find_fault(CodeRule("free", piece.rank, ANY_CODE), piece.code, parent=None):
            said = f"Code {piece.code!r} cannot be stored: 1 to 32 letters, digits, dots, hyphens or underscores."
            found.append(Found("unreadable_code", FATAL, (piece.code,), said))
        elif fault and "pattern" in fault:
            found.append(Found("code_pattern", DIRT, (piece.code,), fault))
        elif fault:
            found.append(Found("code_prefix", NOTICE, (piece.code, piece.parent or ""), fault, shape=piece.shape))
    return found


def _duplicate(code: str, pieces: Sequence[Piece]) -> str:
    bearers = [piece for piece in pieces if piece.code == code]
    titles = ", ".join(
        f"{piece.title} {piece.name!r}" + (f" in {piece.parent}" if piece.parent else "") for piece in bearers
    )
    if len({piece.rank for piece in bearers}) > 1:
        return f"Code {code} stands on more than one level ({titles}); a code names one cell, so give each its own."
    return f"Code {code} is given more than once ({titles}); give each its own, or let --clean number all but one anew."


def check_rings(pieces: Iterable[Piece], *, gravity: str) -> list[Found]:
    """Rings that cross themselves and other shapes that are not valid, with the place."""
    return [
        Found(
            "invalid_ring", gravity, (piece.label,), f"{piece.title}: {shapely.is_valid_reason(piece.shape)}.",
            shape=polygonal(piece.shape),
        )
        for piece in pieces
        if not piece.shape.is_valid
    ]  # fmt: skip


def check_parts(pieces: Iterable[Piece]) -> list[Found]:
    """Units of several parts."""
    return [
        Found("multipart", NOTICE, (piece.label,), f"{piece.title} has {count} parts.", shape=piece.shape)
        for piece in pieces
        if (count := shapely.get_num_geometries(piece.shape)) > 1
    ]


def check_coverage(units: Sequence[Piece], plane: MetricPlane, *, supplied: BaseGeometry | None) -> list[Found]:
    """Overlaps, gaps and unmatched borders among units. A hole that the `supplied` outline has too is a notice."""
    shapes = [polygonal(unit.shape) for unit in units]
    labels = [unit.label for unit in units]
    overlaps, gaps = coverage.find_overlaps(shapes, plane), coverage.find_gaps(shapes, plane)
    outline = None if supplied is None else polygonal(supplied)
    found = [_overlap(overlap, labels) for overlap in overlaps]
    found += [_gap(gap, labels, outline) for gap in gaps]
    told = {cell for overlap in overlaps for cell in (overlap.one, overlap.other)} | {
        c for gap in gaps for c in gap.around
    }
    unmatched = coverage.find_unmatched(shapes, plane)
    return found + [_unmatched(edge, labels) for edge in unmatched if edge.cell not in told]


def _overlap(overlap: coverage.Overlap, labels: Sequence[str]) -> Found:
    pair, area = (labels[overlap.one], labels[overlap.other]), overlap.area_m2
    return Found("overlap", DIRT, pair, f"{pair[0]} and {pair[1]} overlap by {metres2(area)}.", area, overlap.shape)


def _gap(gap: coverage.Gap, labels: Sequence[str], outline: BaseGeometry | None) -> Found:
    around, area = tuple(labels[cell] for cell in gap.around), gap.area_m2
    shape, where = gap.shape, ", ".join(around[:6])
    if outline is not None and shape.difference(outline).area >= _SAME_HOLE * shape.area:
        said = f"A hole of {metres2(area)} among {where}; the supplied outline has it too."
        return Found("shared_hole", NOTICE, around, said, area, shape)
    return Found("gap", DIRT, around, f"A gap of {metres2(area)} among {where}.", area, shape)


def _unmatched(edge: coverage.Unmatched, labels: Sequence[str]) -> Found:
    label = labels[edge.cell]
    said = f"{edge.length_m:.2f} m of the border of {label} do not meet its neighbours vertex by vertex."
    return Found("unmatched_border", DIRT, (label,), said, None, edge.shape)


def check_leaving(tree: Tree, evidence: Tree, plane: MetricPlane) -> list[Found]:
    """Cells that leave a supplied cell above them, with the square metres outside.

    `tree` holds the cells (upper ones as unions), `evidence` the supplied polygons of the upper levels.
    """
    supplied = {(p.rank, p.code): p for level in evidence.values() for p in level if p.supplied}
    outlines = {key: polygonal(plane.to_metres(piece.shape)) for key, piece in supplied.items()}
    parents = {(piece.rank, piece.code): piece.parent for level in tree.values() for piece in level}
    found = []
    for rank in sorted(tree, reverse=True):
        for piece in tree[rank]:
            own = polygonal(plane.to_metres(piece.shape))
            for above in _above(piece, parents):
                if above in supplied:
                    found += _leaving(piece, own, supplied[above], outlines[above], plane)
                    if rank < max(tree):
                        break  # an upper cell is held against the nearest supplied one, a unit against all
    return sorted(found, key=lambda one: -(one.area_m2 or 0.0))


def _above(piece: Piece, parents: Mapping[_Key, str | None]) -> Iterator[_Key]:
    """Rank and code of the cells above, nearest first: by code alone a cell with its parent's code is its own."""
    rank, code = piece.rank - 1, piece.parent
    while code is not None:
        yield rank, code
        rank, code = rank - 1, parents.get((rank, code))


def _leaving(piece: Piece, own: BaseGeometry, above: Piece, outline: BaseGeometry, plane: MetricPlane) -> list[Found]:
    outside = own.difference(outline)
    share = outside.area / own.area
    if outside.area < _LEAVES_M2:
        return []
    kind = "leaves_parent" if share < _CROSSES else "crosses_parent" if share <= 1 - _CROSSES else "outside_parent"
    said = f"{piece.title} leaves the supplied {above.title} by {metres2(outside.area)} ({share:.2%} of it)."
    return [Found(kind, NOTICE, (piece.label, above.label), said, outside.area, plane.to_degrees(outside))]


def metres2(area: float) -> str:
    """Square metres for people: enough digits to tell a sliver from a field."""
    return f"{area:,.0f} m2" if area >= 100 else f"{area:.3g} m2"
