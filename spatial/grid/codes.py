"""Codes of cells: what a code system allows, which serial comes next, and when serials are used up.

A rule belongs to one code system and one level: an anchored pattern, how many leading characters must equal the
parent's code, and how many digits the serial behind the parent's code has. `gb15` is GB/T 30428's 6+3+3+3; a
district may declare its own system.

Pure: knows strings and rules as values. Refuses to know the database; the caller brings every code that was ever
given, withdrawn ones included, because a withdrawn code is never given again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from spatial.errors import CodeInvalid

GB15_CUTS = (6, 9, 12, 15)  # where the county, street, community and unit part of a gb15 code end
ANY_CODE = r"^[0-9A-Za-z._-]{1,32}$"


@dataclass(frozen=True)
class CodeRule:
    """How codes of one level are written in one system; `parent_prefix` and `serial_digits` may be absent."""

    system: str
    rank: int
    pattern: str
    parent_prefix: int | None = None
    serial_digits: int | None = None


def find_fault(rule: CodeRule, code: str, *, parent: str | None) -> str | None:
    """The sentence that says how a code breaks its rule, or None when it does not."""
    if not re.search(rule.pattern, code) or not re.search(ANY_CODE, code):
        return f"code {code!r} does not match the pattern {rule.pattern} of the system {rule.system!r}."
    if rule.parent_prefix and parent is not None and code[: rule.parent_prefix] != parent:
        head = code[: rule.parent_prefix]
        return f"code {code!r} begins with {head!r}, but its parent is {parent!r}."
    return None


def check_code(rule: CodeRule, code: str, *, parent: str | None) -> None:
    """Raises CodeInvalid when the code breaks its rule."""
    fault = find_fault(rule, code, parent=parent)
    if fault:
        raise CodeInvalid(fault[0].upper() + fault[1:], field="code")


def next_codes(rule: CodeRule, *, parent: str, taken: Iterable[str], count: int = 1) -> list[str]:
    """The next `count` codes under a parent, in order: behind the highest serial ever given, then in gaps never given.

    `taken` holds every code ever given, withdrawn ones too. Raises CodeInvalid when the system numbers by hand or
    the serials are used up.
    """
    if rule.serial_digits is None:
        raise CodeInvalid(
            f"Codes of level {rule.rank} in the system {rule.system!r} are numbered by hand; give each its code.",
            field="code",
        )
    used = _serials(taken, parent, rule.serial_digits)
    last = 10**rule.serial_digits - 1
    highest = max(used, default=0)
    free = [*range(highest + 1, last + 1), *(serial for serial in range(1, highest) if serial not in used)]
    if len(free) < count:
        raise CodeInvalid(
            f"The serials under {parent!r} are used up: {len(used)} of {last} were given and {count} more are needed; "
            "split the parent, or declare a code system with more digits.",
            field="code",
        )
    return [f"{parent}{serial:0{rule.serial_digits}d}" for serial in free[:count]]


def next_code(rule: CodeRule, *, parent: str, taken: Iterable[str]) -> str:
    """The one next code under a parent; see `next_codes`."""
    return next_codes(rule, parent=parent, taken=taken)[0]


def split_gb15(code: str) -> tuple[str, ...]:
    """The codes on the way down to a gb15 code, itself last: 6, 9, 12 and 15 digits. Raises CodeInvalid."""
    if not re.fullmatch(r"[0-9]+", code) or len(code) not in GB15_CUTS:
        raise CodeInvalid(f"Code {code!r} is not 6, 9, 12 or 15 digits long.", field="code")
    return tuple(code[:cut] for cut in GB15_CUTS if cut <= len(code))


def format_gb15(code: str) -> str:
    """A gb15 code in its parts, for people to read: `330102 001 002 003`."""
    cuts = (0, *(len(part) for part in split_gb15(code)))
    return " ".join(code[start:end] for start, end in pairwise(cuts))


def _serials(taken: Iterable[str], parent: str, digits: int) -> set[int]:
    size = len(parent) + digits
    tails = (code[len(parent) :] for code in taken if len(code) == size and code.startswith(parent))
    return {int(tail) for tail in tails if tail.isascii() and tail.isdigit()}
