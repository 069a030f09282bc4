"""Tables of classes as files: the product's own form, and the form in which cities publish theirs.

Our own form names each matter by its code. A city's table has a row a minor class, with its major's digits and name
beside and its limits in one cell (`2紧急工作时|4小时|1天`). Both become the same drafts.

Pure: a file's rows in, drafts out; a row that cannot be read is named by its line. Refuses to know the store.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from spatial.cases.matters.taxonomy import TAXONOMIES, UNITS
from spatial.errors import Invalid, SourceUnreadable

STARTER = Path(__file__).with_name("starter.csv")
STARTER_STANDARDS = Path(__file__).with_name("starter_standards.csv")
LETTERS = {"component": "C", "event": "E"}
FIELDS = ("taxonomy", "major_code", "major_name", "minor_code", "minor_name", "minor_name_en", "limits", "category",
          "archives_itself")  # fmt: skip
_ALSO_CALLED = {"taxonomy": "kind", "limits": "handling_limits"}
# 紧急工作日 is a city's word for a day that runs through nights and holidays: a calendar day.
_UNITS = {
    "紧急工作时": "urgent_hour", "工作时": "working_hour", "工作小时": "working_hour", "小时": "working_hour",
    "工作日": "working_day", "天": "working_day", "日": "working_day", "自然日": "calendar_day",
    "紧急工作日": "calendar_day",
}  # fmt: skip
_LIMIT = re.compile(rf"\s*(\d+(?:\.\d+)?)\s*个?({'|'.join(sorted(_UNITS, key=len, reverse=True))})(.*)")


@dataclass(frozen=True)
class StandardDraft:
    """A handling standard as a file tells it; what a file does not tell is empty."""

    ordinal: int
    filing_condition: str
    closing_condition: str
    amount: Decimal
    unit: str
    basis: str = ""


@dataclass(frozen=True)
class MatterDraft:
    """A matter as a file tells it. `standards` and `archives_itself` None leave what is there alone."""

    code: str
    taxonomy: str
    rank: str
    name: str
    name_zh: str
    major_code: str | None = None
    minor_code: str | None = None
    parent: str | None = None
    category: str | None = None
    platform: str | None = None
    standards: tuple[StandardDraft, ...] | None = field(default=None)
    archives_itself: bool | None = None


def read_starter() -> list[MatterDraft]:
    """The starter set of the product: both taxonomies, mapped to each other, with their standards."""
    standards = _starter_standards()
    return [_own_draft(line, row, standards.get(row["code"])) for line, row in _rows(STARTER)]


def read_class_file(file: Path, columns: Mapping[str, str]) -> list[MatterDraft]:
    """The drafts of a city's table of classes, majors before minors.

    `columns` names the file's column of a field, where it is not the field's own name. Raises SourceUnreadable for a
    file without the columns, Invalid for a row that cannot be read.
    """
    rows = list(_rows(file))
    named = _columns(columns, rows[0][1].keys() if rows else ())
    read = [
        (line, {key: row[column].strip() for key, column in named.items() if row[column] is not None})
        for line, row in rows
    ]
    majors: dict[str, MatterDraft] = {}
    minors: dict[str, MatterDraft] = {}
    for line, row in read:
        major = _major(line, row)
        majors.setdefault(major.code, major)
        if row.get("minor_code"):
            minor = _minor(line, row, major)
            if minor.code in minors:
                raise Invalid(f"line {line}: {minor.code} stands twice; a class has one row", field="minor_code")
            minors[minor.code] = minor
    return [*majors.values(), *minors.values()]


def read_limits(text: str) -> tuple[StandardDraft, ...]:
    """The standards in one cell, `|` between: `2紧急工作时|4小时|5天`. Words behind a limit say what closes it.

    Raises Invalid naming the limit that cannot be read.
    """
    return tuple(_limit(n, told) for n, told in enumerate((part for part in text.split("|") if part.strip()), 1))


def _limit(ordinal: int, told: str) -> StandardDraft:
    found = _LIMIT.fullmatch(told)
    if found is None or not Decimal(found[1]):
        told = told.strip()
        raise Invalid(f"limit {told!r} cannot be read; write it as 2紧急工作时, 4工作时 or 1工作日", field="limits")
    return StandardDraft(ordinal, "", found[3].strip(), Decimal(found[1]), _UNITS[found[2]])


def _major(line: int, row: Mapping[str, str]) -> MatterDraft:
    taxonomy, digits = row.get("taxonomy", ""), row.get("major_code", "")
    if taxonomy not in LETTERS:
        raise Invalid(f"line {line}: {taxonomy!r} is no kind of class; component or event", field="taxonomy")
    _check_digits(line, digits, "major_code")
    name = row.get("major_name") or digits
    return MatterDraft(
        LETTERS[taxonomy] + digits, taxonomy, "major", name, name, digits, category=row.get("category") or None
    )


def _minor(line: int, row: Mapping[str, str], major: MatterDraft) -> MatterDraft:
    digits, name = row["minor_code"], row.get("minor_name", "")
    _check_digits(line, digits, "minor_code")
    if not name:
        raise Invalid(f"line {line}: minor class {major.code}{digits} has no name", field="minor_name")
    try:
        standards = read_limits(row["limits"]) if "limits" in row else None
    except Invalid as wrong:
        raise Invalid(f"line {line}: {wrong.sentence}", field="limits") from wrong
    return MatterDraft(
        major.code + digits, major.taxonomy, "minor", row.get("minor_name_en") or name, name, major.major_code, digits,
        parent=major.code, standards=standards, archives_itself=_truth(line, row.get("archives_itself")),
    )  # fmt: skip


def _truth(line: int, told: str | None) -> bool | None:
    if told not in (None, "", "yes", "no"):
        raise Invalid(f"line {line}: archives_itself {told!r} is neither yes nor no", field="archives_itself")
    return told == "yes" if told else None


def _check_digits(line: int, digits: str, column: str) -> None:
    if not re.fullmatch(r"[0-9]{2}", digits):
        raise Invalid(f"line {line}: {column} {digits!r} is not two digits", field=column)


def _columns(given: Mapping[str, str], header: Iterable[str]) -> dict[str, str]:
    there = set(header)
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise Invalid(f"--column {unknown[0]}: no such field; one of {', '.join(FIELDS)}", field="column")
    named = {key: given.get(key) or (key if key in there else _ALSO_CALLED.get(key, key)) for key in FIELDS}
    missing = [
        column for key, column in named.items()
        if column not in there and (key in given or key in ("taxonomy", "major_code", "minor_code", "minor_name"))
    ]  # fmt: skip
    if missing:
        raise SourceUnreadable(f"there is no column {missing[0]}; name it with --column field=COLUMN")
    return {key: column for key, column in named.items() if column in there}


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(line for line in opened if not line.startswith("#"))
            yield from ((reader.line_num, row) for row in reader)
    except FileNotFoundError:
        raise SourceUnreadable(f"there is no file {file.name}") from None
    except (UnicodeDecodeError, csv.Error, OSError) as wrong:
        raise SourceUnreadable(f"{file.name} cannot be read as CSV in UTF-8") from wrong


def _own_draft(line: int, row: Mapping[str, str], standards: tuple[StandardDraft, ...] | None) -> MatterDraft:
    taxonomy, major, minor = row["taxonomy"], row["major_code"] or None, row["minor_code"] or None
    if taxonomy not in TAXONOMIES:
        raise Invalid(f"line {line}: {taxonomy!r} is no taxonomy; one of {', '.join(TAXONOMIES)}", field="taxonomy")
    rank = "category" if major is None else "major" if minor is None else "minor"
    parent = f"{LETTERS[taxonomy]}{major}" if rank == "minor" else None
    return MatterDraft(
        row["code"], taxonomy, rank, row["name"], row["name_zh"], major, minor, parent,
        row["category"] or None, row["platform"] or None, standards or (),
        _truth(line, row.get("archives_itself")),
    )  # fmt: skip


def _starter_standards() -> dict[str, tuple[StandardDraft, ...]]:
    found: dict[str, tuple[StandardDraft, ...]] = {}
    for line, row in _rows(STARTER_STANDARDS):
        before = found.get(row["code"], ())
        draft = StandardDraft(
            len(before) + 1, row["filing_condition"], row["closing_condition"], _amount(line, row["amount"]),
            _unit(line, row["unit"]), row["basis"] or "",
        )  # fmt: skip
        found[row["code"]] = (*before, draft)
    return found


def _amount(line: int, told: str) -> Decimal:
    try:
        return Decimal(told)
    except InvalidOperation:
        raise Invalid(f"line {line}: amount {told!r} is not a number", field="amount") from None


def _unit(line: int, told: str) -> str:
    if told not in UNITS:
        raise Invalid(f"line {line}: unit {told!r} is unknown; one of {', '.join(UNITS)}", field="unit")
    return told
