"""How likely two reports are one complaint: pure, with the evidence told.

Two positions are compared as two measurements of one place. Each has an accuracy radius that holds the true position
with 68 %; a circular normal error of that radius has the spread radius / 1.51 on each axis. The spreads of both, and of
the thing itself (a heap, a hole and the person who stands before it are not one point), add in squares. If both speak
of one place, a distance at least as great as theirs has the chance exp(-d² / 2s²): the `fit`. Too small a chance, and
they are two places. With exact positions that is the bound of 50 m of the trade; with poor ones it widens by itself.

Class, time, words and photos come in as values. Refuses to know rows, and to decide for a clerk.
"""

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spatial.grid.geodesy import GEOD

_SPREAD_OF_RADIUS = math.sqrt(-2.0 * math.log(1.0 - 0.68))  # 68 % of a circular normal lie within this many spreads


@dataclass(frozen=True)
class Bounds:
    """What counts as the same complaint, for one class.

    `within`: how far apart in time they were seen. `floor_m`: how far apart two exact positions may lie. `least_fit`:
    the chance below which places are not the same. `widest_m`: the combined 68 % radius beyond which a position says
    nothing.
    `words`: how alike words must be to stand in for a class that nobody named, or for such a position.
    `repeat_fit`: the chance that a citizen's own repeat needs, who is joined without being asked. It is strict, since
    one who walks down a street and reports one thing behind the other says the same class at every step.
    `place_alone`: where no class is known, place and time do; only for asking somebody, who sees for himself.
    """

    within: timedelta = timedelta(hours=24)
    floor_m: float = 50.0
    least_fit: float = 0.05
    widest_m: float = 300.0
    words: float = 0.5
    repeat_fit: float = 0.5
    place_alone: bool = False

    @property
    def deviations(self) -> float:
        """How many spreads apart the least fit lies."""
        return math.sqrt(-2.0 * math.log(self.least_fit))

    def spread_m(self, combined_m: float) -> float:
        """The spread on each axis of a difference of positions with this combined 68 % radius."""
        return math.hypot(combined_m / _SPREAD_OF_RADIUS, self.floor_m / self.deviations)

    def reach_m(self, combined_m: float) -> float:
        """The greatest distance that two such positions may have, in metres."""
        return self.spread_m(combined_m) * self.deviations

    @property
    def farthest_m(self) -> float:
        """The greatest distance that any two may have: what candidates are looked for within."""
        return self.reach_m(self.widest_m)


@dataclass(frozen=True)
class Complaint:
    """What is compared: position in WGS 84 degrees, its 68 % radius, when it was seen, what about, words and
    photos.
    """

    lon: float
    lat: float
    accuracy_m: float
    at: datetime
    category: str | None
    text: str = ""
    photos: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Likeness:
    """How like two complaints are, and why. `score` from 0 to 1 ranks; `is_same` is the judgement by the bounds."""

    distance_m: float
    combined_m: float
    fit: float
    apart: timedelta
    same_category: bool | None
    words: float
    same_photo: bool
    score: float
    is_same: bool


def compare(one: Complaint, other: Complaint, bounds: Bounds) -> Likeness:
    """Compare two complaints. Symmetric; the same complaint against itself has fit and score 1."""
    distance = float(GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2])
    combined = math.hypot(one.accuracy_m, other.accuracy_m)
    fit = math.exp(-0.5 * (distance / bounds.spread_m(combined)) ** 2)
    apart = abs(one.at - other.at)
    same_class = None if one.category is None or other.category is None else one.category == other.category
    words = words_alike(one.text, other.text)
    same_photo = bool(one.photos & other.photos)
    score = _score(fit if combined <= bounds.widest_m else 0.0, apart, bounds, words, same_photo)
    is_same = _is_same(fit, combined, apart, same_class, words, same_photo, bounds)
    return Likeness(distance, combined, fit, apart, same_class, words, same_photo, score if is_same else 0.0, is_same)


def words_alike(one: str, other: str) -> float:
    """How alike two texts are: shared runs of two characters, counted, as a share of both (Dice); 0 without words.

    Runs of characters, since Chinese has no spaces. Case and width do not count, nor what is no letter or digit.
    """
    ours, theirs = _bigrams(one), _bigrams(other)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 0.0


def _bigrams(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(character for character in plain if character.isalnum())
    return Counter(letters[i : i + 2] for i in range(len(letters) - 1))


def _is_same(
    fit: float, combined: float, apart: timedelta, same_class: bool | None, words: float, photo: bool, bounds: Bounds
) -> bool:
    """Class, time and place must each be the same; words or a photo stand in for what nobody can tell."""
    if same_class is False or apart > bounds.within:
        return False
    if photo:
        return True  # one picture shows one thing, wherever a device believed it was
    speaks = words >= bounds.words
    if combined > bounds.widest_m:
        return speaks and fit >= bounds.least_fit
    return fit >= bounds.least_fit and (same_class is True or speaks or bounds.place_alone)


def _score(fit: float, apart: timedelta, bounds: Bounds, words: float, photo: bool) -> float:
    """Nearness in place, worn down by up to half over the time allowed; words and photos close part of the rest."""
    if photo:
        return 1.0
    near = fit * (1.0 - 0.5 * min(apart / bounds.within, 1.0))
    return 1.0 - (1.0 - near) * (1.0 - 0.5 * words)
