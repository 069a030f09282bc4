"""Names and codes for the synthetic city: Shangcheng's real ones, and made-up ones for further districts.

Knows the table `data/shangcheng.csv` and where its streets lie towards each other. Refuses to know borders.
"""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

_TABLE = Path(__file__).parents[1] / "data" / "shangcheng.csv"

# Where the streets lie in the plane of `ground`, in kilometres for a city of one district.
STREET_PLACES_KM = {
    "330102001": (-5.6, -4.2),
    "330102003": (-5.4, -2.4),
    "330102004": (-4.2, -2.4),
    "330102008": (-5.6, -7.4),
    "330102009": (-4.4, -5.0),
    "330102010": (-2.8, -5.0),
    "330102011": (-3.0, -0.6),
    "330102012": (-2.0, -2.4),
    "330102013": (-3.0, 1.6),
    "330102014": (-0.2, -3.6),
    "330102015": (2.2, -1.6),
    "330102016": (-0.4, 2.6),
    "330102017": (0.6, 7.0),
    "330102018": (5.2, 2.6),
}


@dataclass(frozen=True)
class Named:
    """One cell above the units, with what lies in it."""

    code: str
    name: str
    parts: tuple["Named", ...] = ()


def shangcheng() -> Named:
    """Shangcheng district with its 14 streets and 203 communities."""
    lines = [line for line in _TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [(row["code"], row["name"]) for row in csv.DictReader(lines)]

    def below(parent: str) -> tuple[Named, ...]:
        return tuple(
            Named(code, name, below(code) if len(code) < 12 else ())
            for code, name in rows
            if len(code) == len(parent) + 3 and code.startswith(parent)
        )

    code, name = rows[0]
    return Named(code, name, below(code))


def invented(number: int) -> Named:
    """District `number` (1 to 9) of a larger city: Shangcheng's make-up under codes that no real district has."""
    like, district = shangcheng(), f"33019{number}"

    def renamed(part: Named, name: str) -> Named:
        parts = tuple(renamed(child, f"{name}{nth}") for nth, child in enumerate(part.parts, 1))
        return replace(part, code=district + part.code[6:], name=name, parts=parts)

    return renamed(like, f"合成{number}区")
