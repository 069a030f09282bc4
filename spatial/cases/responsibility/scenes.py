"""The ways in which a position may really be: each sample of its accuracy lies in one unit and in some jurisdictions.

One sample decides all of that together: whoever stands a metre further east stands in the next unit and outside the
park at once. Samples that lie alike are one scene, with their share.

Pure: samples in, scenes out. Refuses to know rows and leads.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.cases.responsibility.decision import Place, Question, Scene
from spatial.cases.responsibility.saying import share_words
from spatial.cases.territory import CellName
from spatial.grid import border
from spatial.grid.index.spreads import SAMPLES, pattern
from spatial.grid.shapes import Shape

EAST, NORTH = pattern("gaussian", SAMPLES)
WIDEST_SAMPLE = 2.1  # radii: the outermost of the samples lies this far out
_Alike = tuple[str | None, frozenset[int]]


@dataclass(frozen=True)
class Near:
    """A jurisdiction near a position: whether that lies in it, and which of the samples do; None is as the position."""

    place: Place
    is_inside: bool
    hit: NDArray[np.bool_] | None = None

    @property
    def is_split(self) -> bool:
        """Whether its edge runs through the samples."""
        return self.hit is not None and bool((self.hit != self.is_inside).any())


def weigh(near: Sequence[tuple[Place, Shape]], question: Question, *, width: float, height: float) -> list[Near]:
    """Jurisdictions against a position whose accuracy reaches `width` and `height` degrees far.

    Where the box around all samples lies wholly inside or outside, no sample needs to be asked.
    """
    if not near:
        return []
    lon, lat = question.lon, question.lat
    east, north = width * WIDEST_SAMPLE, height * WIDEST_SAMPLE
    around = shapely.box(lon - east, lat - north, lon + east, lat + north)
    geometries = [shape.geometry for _, shape in near]
    holds = shapely.contains_properly(geometries, around).tolist()
    meets = shapely.intersects(geometries, around).tolist()
    return [
        Near(place, held) if held or not met else _sampled(place, shape, question, width, height)
        for (place, shape), held, met in zip(near, holds, meets, strict=True)
    ]


def _sampled(place: Place, shape: Shape, question: Question, width: float, height: float) -> Near:
    lon, lat = question.lon, question.lat
    is_inside = border.covers(shape.edges, lon, lat)
    if question.accuracy_m <= 0:
        return Near(place, is_inside)
    return Near(place, is_inside, border.covers_many(shape.edges, lon + EAST * width, lat + NORTH * height))


def needs_units(question: Question, near: Sequence[Near]) -> bool:
    """Whether the unit of each sample must be known: several units and the edge of a jurisdiction are in question."""
    return _has_rivals(question) and any(one.is_split for one in near)


def list_scenes(
    question: Question, near: Sequence[Near], units: Sequence[str | None] | None, here: Mapping[str, CellName]
) -> list[Scene]:
    """All ways that the position may be, the likeliest others first; the first is the position by the border rule.

    `units` are those of the samples, where `needs_units` asked for them.
    """
    inside = frozenset(_id(one) for one in near if one.is_inside)
    own: _Alike = (question.placement.unit, inside)
    shares = _with_itself(_shares(question, near, units, inside), own)
    others = sorted((item for item in shares.items() if item[0] != own), key=lambda item: (-item[1], str(item[0])))
    first = Scene(question.placement.path, inside, shares[own])
    return [first, *(_scene(alike, share, own, near, here) for alike, share in others)]


def _shares(
    question: Question, near: Sequence[Near], units: Sequence[str | None] | None, inside: frozenset[int]
) -> dict[_Alike, float]:
    if units is None and not any(one.is_split for one in near) and not _has_rivals(question):
        return {(question.placement.unit, inside): 1.0}
    if units is None and _has_rivals(question):
        told = {(one.code, inside): one.share for one in question.placement.candidates}
        outside = round(1.0 - sum(told.values()), 4)
        return told | ({(None, inside): outside} if outside > 0.0 else {})
    split = {_id(one): one.hit.tolist() for one in near if one.hit is not None and one.is_split}
    always = inside.difference(split)
    alike = Counter(zip(units or [question.placement.unit] * SAMPLES, *split.values(), strict=True))
    return {(unit, always.union(compress(split, hit))): count / SAMPLES for (unit, *hit), count in alike.items()}


def _with_itself(shares: dict[_Alike, float], own: _Alike) -> dict[_Alike, float]:
    """The shares where none of the samples lies as the position itself does: it counts as one sample more.

    The place may be smaller than the gaps between samples, and others would have the whole.
    """
    if shares.get(own, 0.0) > 0.0:
        return shares
    return {alike: share * SAMPLES / (SAMPLES + 1) for alike, share in shares.items()} | {own: 1 / (SAMPLES + 1)}


def _has_rivals(question: Question) -> bool:
    placement = question.placement
    own = sum(one.share for one in placement.candidates if one.code == placement.unit)
    return bool(placement.candidates) and own < 1.0


def _id(one: Near) -> int:
    return one.place.jurisdiction or 0


def _scene(alike: _Alike, share: float, own: _Alike, near: Sequence[Near], here: Mapping[str, CellName]) -> Scene:
    unit, inside = alike
    where, where_zh = [], []
    if unit != own[0]:
        cell = here.get(unit or "")
        where.append(f"in {cell.code} ({cell.name})" if cell else "outside the city")
        where_zh.append(f"在{cell.name}（{cell.code}）内" if cell else "在辖区之外")
    for one in near:
        if (_id(one) in inside) != (_id(one) in own[1]):
            name = f"{one.place.name} ({one.place.code})"
            where.append(f"{'inside' if _id(one) in inside else 'outside'} {name}")
            where_zh.append(f"在{one.place.name}（{one.place.code}）{'内' if _id(one) in inside else '外'}")
    told, told_zh = share_words(share)
    says = f"{told} of the accuracy lies {' and '.join(where)}"
    path = here[unit].path if unit is not None and unit in here else ()
    return Scene(path, inside, share, says, f"精度圆的{told_zh}{'且'.join(where_zh)}")
