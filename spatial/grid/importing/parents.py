"""Whose child is a cell: by its column, by its code, by the largest share of its area.

The column that somebody named decides; then the code's prefix, unless less than a hundredth of the cell lies in the
parent that its code names (then the code slipped); then the largest share. Where they disagree it is said.

Pure: pieces in, pieces with parents and findings out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from spatial.grid.codes import CodeRule
from spatial.grid.geodesy import MetricPlane
from spatial.grid.importing.findings import DIRT, NOTICE, Found
from spatial.grid.importing.pieces import Piece, polygonal

_SLIPPED = 0.01  # a code that names a parent in which less of the cell lies than this is a slip of the pen


@dataclass(frozen=True)
class _Shares:
    """Which share of a cell's area lies in each parent that it touches."""

    by_code: dict[str, float]

    @property
    def largest(self) -> str | None:
        """The parent that holds most of the cell."""
        return max(self.by_code, key=lambda code: (self.by_code[code], code), default=None)


def settle(
    children: Sequence[Piece], parents: Sequence[Piece], rule: CodeRule, plane: MetricPlane
) -> tuple[list[Piece], list[Found]]:
    """Give each child its parent's code, or leave None for an orphan; and say what disagrees."""
    codes = {parent.code for parent in parents if parent.code}
    if not any(parent.supplied for parent in parents) and all(child.parent for child in children):
        return list(children), []
    if len(codes) == 1:
        return [replace(child, parent=child.parent or next(iter(codes))) for child in children], []
    settled, found = [], []
    for child, shares in zip(children, _shares(children, parents, plane), strict=True):
        parent = _choose(child, shares, codes, rule)
        settled.append(replace(child, parent=parent))
        found += _disagreements(child, parent, shares, codes, rule)
    return settled, found


def _choose(child: Piece, shares: _Shares, codes: set[str], rule: CodeRule) -> str | None:
    if child.parent is not None:
        return child.parent
    if child.declared_parent in codes:
        return child.declared_parent
    prefix = _prefix(child, rule)
    if prefix in codes and (shares.by_code.get(prefix or "", 0.0) >= _SLIPPED or shares.largest is None):
        return prefix
    return shares.largest


def _prefix(child: Piece, rule: CodeRule) -> str | None:
    return child.code[: rule.parent_prefix] if child.code and rule.parent_prefix else None


def _disagreements(child: Piece, parent: str | None, shares: _Shares, codes: set[str], rule: CodeRule) -> list[Found]:
    found = []
    if child.declared_parent is not None and child.declared_parent not in codes:
        said = f"{child.title} names the parent {child.declared_parent}, which is not there; it went to {parent}."
        found.append(Found("unknown_parent", DIRT, (child.label,), said, shape=child.shape))
    claims = {"its column": child.declared_parent, "its code": _prefix(child, rule)}
    largest = shares.largest
    if largest is not None and largest != parent:
        claims["its area"] = largest
    said_codes = {code for code in claims.values() if code is not None} | ({parent} if parent else set())
    if len(said_codes) > 1:
        words = ", ".join(f"{who} says {_with_share(code, shares)}" for who, code in claims.items() if code is not None)
        said = f"{child.title}: {words}; it went to {_with_share(parent or 'none', shares)}."
        found.append(Found("parent_disagreement", NOTICE, (child.label, *sorted(said_codes)), said, shape=child.shape))
    return found


def _with_share(code: str, shares: _Shares) -> str:
    return f"{code} ({shares.by_code.get(code, 0.0):.1%} of it lies there)"


def _shares(children: Sequence[Piece], parents: Sequence[Piece], plane: MetricPlane) -> list[_Shares]:
    below = np.array([polygonal(plane.to_metres(child.shape)) for child in children])
    above = np.array([polygonal(plane.to_metres(parent.shape)) for parent in parents])
    child_at, parent_at = shapely.STRtree(above).query(below, predicate="intersects")
    areas = shapely.area(shapely.intersection(below[child_at], above[parent_at])) / shapely.area(below[child_at])
    shares: list[dict[str, float]] = [{} for _ in children]
    for i, j, share in zip(child_at, parent_at, areas, strict=True):
        code = parents[j].code
        if code is not None and share > 0:
            shares[i][code] = shares[i].get(code, 0.0) + float(share)
    return [_Shares(by_code) for by_code in shares]
