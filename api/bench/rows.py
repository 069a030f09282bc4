"""What a measurement says: one row for each thing that was measured, for machines and for people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """`ours` and `peer` are in `unit`; `ratio` is how many times better ours is, of a bound the share reached.

    `equal` tells whether the answers were the same, None where there was nothing to compare; `bytes` is the size of
    the index, `note` what one must know to read the row.
    """

    what: str
    ours: float | None = None
    peer: float | None = None
    ratio: float | None = None
    equal: bool | None = None
    unit: str = "points/s"
    bytes: int | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row with figures of four digits; more would be noise."""
        return {key: _short(value) for key, value in asdict(self).items()}


def as_table(rows: Sequence[Row]) -> Table:
    """The rows for a person."""
    table = Table("what", "ours", "peer", "ratio", "equal", "index", "note")
    for row in rows:
        figures = (_figure(row.ours, row.unit), _figure(row.peer, row.unit), _figure(row.ratio, ""))
        equal = "" if row.equal is None else "yes" if row.equal else "NO"
        size = "" if row.bytes is None else f"{row.bytes / 1e6:.0f} MB"
        table.add_row(row.what, *figures, equal, size, escape(row.note))
    return table


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit.endswith("/s") and value >= 1e5:
        return f"{value / 1e6:.3g} M {unit}"
    return f"{value:.4g} {unit}".strip()


def _short(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
