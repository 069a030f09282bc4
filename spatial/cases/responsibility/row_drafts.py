"""What somebody wants to write into the table of responsibility, judged before it is written.

Every fault names its field and its remedy; a file's faults are all found, not only the first. Pure: a draft and what
is known of the city in, faults out. Refuses to know a store and to decide whether two rows contradict each other:
that is the gap list's, and may be wanted.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spatial.cases.responsibility.decision import TERRITORY
from spatial.cases.responsibility.spans import STRAYS, Span

PLACE_KINDS = ("level", "cell", "jurisdiction")
_BASIS_LIMIT = 2000
_PRIORITY_LIMIT = 1_000_000


@dataclass(frozen=True)
class RowDraft:
    """A row to be. `place` is a level's key, a cell's or a jurisdiction's code; units are references (`roads`,
    `@street`); `since` and `until` bound its half-open validity, None is open.
    """

    matter: str
    place_kind: str
    place: str
    lead: str
    assisting: tuple[str, ...] = ()
    supervising: tuple[str, ...] = ()
    priority: int | None = None
    basis: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def span(self) -> Span:
        """When it holds."""
        return Span(self.since, self.until)

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that the row names, the lead first, each once."""
        return tuple(dict.fromkeys((self.lead, *self.assisting, *self.supervising)))

    @property
    def says(self) -> Hashable:
        """What it says, whenever it holds and whatever it rests on: rows that say the same are alike."""
        who = self.lead, frozenset(self.assisting), frozenset(self.supervising)
        return self.matter, self.place_kind, self.place, *who, self.priority

    def is_past(self, now: datetime) -> bool:
        """Whether it is wholly over: last year's list, written down now. No answer that was given changes by it."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True)
class Known:
    """What the city holds of what some drafts name: validity by code, levels by key, versions of jurisdictions.

    `cells` says of each code whether it is still in use.
    """

    matters: Mapping[str, Span]
    levels: Mapping[str, int]
    cells: Mapping[str, bool]
    departments: Mapping[str, Span]
    jurisdictions: Mapping[str, tuple[tuple[int, Span], ...]] = field(default_factory=dict)

    def jurisdiction_of(self, draft: RowDraft, now: datetime) -> int | None:
        """The version of the draft's jurisdiction that is in force when the row begins, or now if it has begun; for a
        row that is over, when it began or, where it always held, at its end.
        """
        begins = now if draft.since is None else max(draft.since, now)
        if draft.until is not None and draft.is_past(now):
            begins = draft.since or draft.until - timedelta(microseconds=1)
        versions = self.jurisdictions.get(draft.place, ())
        return next((number for number, span in versions if span.holds(begins)), None)


@dataclass(frozen=True)
class Fault:
    """What keeps a draft from being written: its field, and a sentence with the remedy.

    `is_conflict`: right in itself, but something that is there stands in its way.
    """

    field: str
    sentence: str
    is_conflict: bool = False


def find_faults(draft: RowDraft, known: Known, *, now: datetime) -> list[Fault]:
    """All faults of a draft, in the order of its fields."""
    faults = [*_of_matter(draft, known), *_of_place(draft, known, now), *_of_units(draft, known)]
    return faults + [*_of_words(draft), *_of_span(draft)]


def find_doubles(
    drafts: Sequence[RowDraft], standing: Mapping[Hashable, Sequence[tuple[int, Span]]]
) -> list[tuple[int, Fault]]:
    """Drafts that say no more than a row in force does in all of their time, or a draft before them; by position.

    `standing` has the rows in force by what they say: ids and validity.
    """
    found = []
    before: dict[Hashable, list[Span]] = {}
    for i, draft in enumerate(drafts):
        rows = [number for number, span in standing.get(draft.says, ()) if span.covers(draft.span)]
        if rows:
            same = f"row {rows[0]} in force says the same in all of that time; leave this out, or end that row first"
            found.append((i, Fault("matter", same, is_conflict=True)))
        elif any(span.covers(draft.span) for span in before.get(draft.says, ())):
            found.append((i, Fault("matter", "the same row stands here twice; leave one out", is_conflict=True)))
        before.setdefault(draft.says, []).append(draft.span)
    return found


def _of_matter(draft: RowDraft, known: Known) -> Iterator[Fault]:
    span = known.matters.get(draft.matter)
    if span is None:
        yield Fault("matter", f"matter {draft.matter} is unknown; see /api/v1/matters for those that exist")
    elif not span.meets(draft.span):
        yield Fault("matter", f"matter {draft.matter} is valid {span}; let the row hold in that time")


def _of_place(draft: RowDraft, known: Known, now: datetime) -> Iterator[Fault]:
    if draft.place_kind not in PLACE_KINDS:
        yield Fault("place_kind", f"place_kind {draft.place_kind} is unknown; one of {', '.join(PLACE_KINDS)}")
    elif draft.place_kind == "level" and draft.place not in known.levels:
        yield Fault("place", f"level {draft.place} is unknown; one of {', '.join(known.levels)}")
    elif draft.place_kind == "cell" and draft.place not in known.cells:
        yield Fault("place", f"no cell has the code {draft.place}; name a cell that is in force")
    elif draft.place_kind == "cell" and not known.cells[draft.place] and not draft.is_past(now):
        yield Fault("place", f"cell {draft.place} was withdrawn; name the cell that lies there now")
    elif draft.place_kind == "jurisdiction":
        yield from _of_jurisdiction(draft, known, now)


def _of_jurisdiction(draft: RowDraft, known: Known, now: datetime) -> Iterator[Fault]:
    if draft.place not in known.jurisdictions:
        yield Fault("place", f"no jurisdiction has the code {draft.place}; draw it first")
    elif known.jurisdiction_of(draft, now) is None:
        yield Fault("place", f"jurisdiction {draft.place} is not in force when the row begins; draw it for that time")


def _of_units(draft: RowDraft, known: Known) -> Iterator[Fault]:
    if draft.lead in draft.assisting:
        yield Fault("assisting", f"{draft.lead} leads and cannot assist itself; leave it out of assisting")
    yield from _of_unit("lead", draft.lead, draft, known)
    for name in ("assisting", "supervising"):
        refs = getattr(draft, name)
        for ref in sorted({ref for ref in refs if refs.count(ref) > 1}):
            yield Fault(name, f"{ref} stands twice in {name}; name it once")
        for ref in dict.fromkeys(refs):
            yield from _of_unit(name, ref, draft, known)


def _of_unit(name: str, ref: str, draft: RowDraft, known: Known) -> Iterator[Fault]:
    if ref.startswith(TERRITORY):
        if ref[1:] not in known.levels:
            levels = ", ".join(TERRITORY + key for key in known.levels)
            yield Fault(name, f"{ref} is no level of the grid; a territorial body is one of {levels}")
        return
    span = known.departments.get(ref)
    if span is None:
        yield Fault(
            name, f"no department has the code {ref or 'that is empty'}; name a department, or a level as @street"
        )
    elif not span.covers(draft.span):
        yield Fault(name, f"department {ref} is in force {span}; let the row hold within that time")


def _of_words(draft: RowDraft) -> Iterator[Fault]:
    if draft.priority is not None and abs(draft.priority) > _PRIORITY_LIMIT:
        yield Fault("priority", f"priority must lie between {-_PRIORITY_LIMIT} and {_PRIORITY_LIMIT}")
    if len(draft.basis) > _BASIS_LIMIT:
        yield Fault("basis", f"basis takes at most {_BASIS_LIMIT} characters; name the document, not its text")
    if "\x00" in draft.basis:
        yield Fault("basis", "basis holds a character that cannot be stored; take it out")


def _of_span(draft: RowDraft) -> Iterator[Fault]:
    if draft.span.strays:
        yield Fault(draft.span.strays, f"{draft.span.strays} {STRAYS}")
    elif draft.span.is_empty:
        yield Fault("until", "until must be later than from; correct one of them")
