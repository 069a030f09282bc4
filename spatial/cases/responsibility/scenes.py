"""The ways in which a position may really be: in another unit, or on the other side of a jurisdiction's edge.

Pure: shares and edges in, scenes out. Knows the samples that stand for an accuracy; refuses to know rows and leads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spatial.cases.responsibility.decision import Place, Question, Scene
from spatial.cases.territory import CellName
from spatial.grid import border
from spatial.grid.index.spreads import SAMPLES, pattern

_EAST, _NORTH = pattern("gaussian", SAMPLES)


@dataclass(frozen=True)
class Near:
    """A jurisdiction near a position: whether the position lies in it, and how much of the accuracy does."""

    place: Place
    is_inside: bool
    share: float

    @property
    def doubt(self) -> float:
        """How much of the accuracy speaks for the other side of the edge."""
        return 1.0 - self.share if self.is_inside else self.share


def weigh(place: Place, edges: border.RingEdges, question: Question, *, width: float, height: float) -> Near:
    """A jurisdiction against a position whose accuracy reaches `width` and `height` degrees far."""
    is_inside = border.covers(edges, question.lon, question.lat)
    if question.accuracy_m <= 0:
        return Near(place, is_inside, float(is_inside))
    hit = border.covers_many(edges, question.lon + _EAST * width, question.lat + _NORTH * height)
    return Near(place, is_inside, float(np.count_nonzero(hit)) / SAMPLES)


def list_scenes(question: Question, near: Sequence[Near], here: Mapping[str, CellName]) -> list[Scene]:
    """All ways that the position may be; the first is the position itself, as the border rule decides it."""
    inside = frozenset(one.place.jurisdiction or 0 for one in near if one.is_inside)
    placement = question.placement
    own = next((one.share for one in placement.candidates if one.code == placement.unit), 1.0)
    elsewhere = [
        _in_unit(here[one.code], one.share, inside)
        for one in placement.candidates
        if one.code != placement.unit and one.code in here
    ]
    toggled = [_toggled(one, placement.path, inside) for one in near if one.doubt > 0.0]
    return [Scene(placement.path, inside, own), *elsewhere, *toggled]


def _in_unit(cell: CellName, share: float, inside: frozenset[int]) -> Scene:
    says = f"{share:.0%} of the accuracy lies in {cell.code} ({cell.name})"
    return Scene(cell.path, inside, share, says, f"精度圆的{share:.0%}落在{cell.name}（{cell.code}）")


def _toggled(one: Near, path: tuple[str, ...], inside: frozenset[int]) -> Scene:
    """The position with the jurisdiction the other way round: it lies near its edge."""
    where, where_zh = ("outside", "外") if one.is_inside else ("inside", "内")
    return Scene(
        path, inside ^ {one.place.jurisdiction or 0}, one.doubt,
        f"{one.doubt:.0%} of the accuracy lies {where} {one.place.name} ({one.place.code})",
        f"精度圆的{one.doubt:.0%}落在{one.place.name}（{one.place.code}）{where_zh}",
    )  # fmt: skip
