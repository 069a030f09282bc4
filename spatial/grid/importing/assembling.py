"""From rows to a tree of cells: derive missing levels, settle parents, number what has no code.

Missing levels are derived from below: the top as the union of everything, others by a column or by the parent's
part of the codes. Pure: rows in, pieces and findings out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from spatial.errors import CodeInvalid, Invalid
from spatial.grid.codes import next_code, next_codes
from spatial.grid.geodesy import MetricPlane
from spatial.grid.importing.findings import DIRT, FATAL, NOTICE, Found
from spatial.grid.importing.numbering import reading_order, recognise
from spatial.grid.importing.parents import settle
from spatial.grid.importing.pieces import Piece, union_of
from spatial.grid.importing.plan import BUILT_IN, LevelPlan, Plan
from spatial.grid.importing.reading import SourceRow
from spatial.wording import counted

Tree = dict[int, list[Piece]]


def assemble(
    plan: Plan,
    rows: Mapping[int, Sequence[SourceRow]],
    *,
    taken: Iterable[str],
    standing: Mapping[int, Mapping[str, BaseGeometry]],
    plane: MetricPlane,
) -> tuple[Tree, list[Found]]:
    """All cells by rank with codes, names and parents, and what was found on the way.

    `taken` holds every code ever given, `standing` the cells in force by rank and code.
    Raises Invalid when a level can be neither read nor derived.
    """
    tree = {level.level.rank: _pieces_of(level, rows.get(level.level.rank, ())) for level in plan.levels}
    for level in reversed(plan.levels):
        if level.source is None:
            _derive(plan, level, tree)
    found: list[Found] = []
    given = set(taken) | {piece.code for pieces in tree.values() for piece in pieces if piece.code}
    for level in plan.levels:
        rank = level.level.rank
        if rank > 1:
            tree[rank], said = settle(tree[rank], tree[rank - 1], plan.rules[rank], plane)
            found += said
        if plan.number_doubles:
            tree[rank] = _take_doubles_away(plan, tree[rank], found)
        tree[rank] = _number(plan, _recognised(tree[rank], standing.get(rank, {}), found), given, found)
        given |= {piece.code for piece in tree[rank] if piece.code}
    if plan.fill_childless:
        _fill(plan, tree, given, standing, found)
    return {rank: [_named(piece, found) for piece in pieces] for rank, pieces in tree.items()}, found


def _pieces_of(level: LevelPlan, rows: Sequence[SourceRow]) -> list[Piece]:
    for column in (level.code_column, level.name_column, level.parent_column):
        if rows and column is not None and column not in rows[0].columns:
            has = ", ".join(rows[0].columns) or "none"
            raise Invalid(f"{level.source} has no column {column!r}; it has {has}.", field=level.level.key)
    return [
        Piece(
            level.level.rank,
            _column(row.columns, level.code_column),
            _column(row.columns, level.name_column),
            row.shape,
            _column(row.columns, level.parent_column),
            row=row.number,
            columns=row.columns,
            level=level.level.key,
        )
        for row in rows
    ]


def _column(columns: Mapping[str, str | None], name: str | None) -> str | None:
    return None if name is None else columns.get(name)


def _derive(plan: Plan, level: LevelPlan, tree: Tree) -> None:
    rank = level.level.rank
    children = tree.get(rank + 1, [])
    if not children:
        raise Invalid(f"Level {level.level.key!r} has no file and nothing below to be derived from.", field="level")
    if rank == 1 and plan.top is not None:
        tree[rank + 1] = [replace(child, parent=plan.top[0]) for child in children]
        tree[rank] = [
            Piece(1, *plan.top, union_of(child.shape for child in children), supplied=False, level=level.level.key)
        ]
        return
    groups: dict[str, list[int]] = defaultdict(list)
    for position, child in enumerate(children):
        groups[_parent_code(plan, level, child)].append(position)
    for code, members in groups.items():
        first = children[members[0]].columns
        name = _column(first, level.name_column)
        above = _column(first, level.parent_column)
        shape = union_of(children[i].shape for i in members)
        tree[rank].append(Piece(rank, code, name, shape, above, supplied=False, columns=first, level=level.level.key))
        for i in members:
            children[i] = replace(children[i], parent=code)


def _parent_code(plan: Plan, level: LevelPlan, child: Piece) -> str:
    prefix = plan.rules[child.rank].parent_prefix
    by_column = _column(child.columns, level.code_column)
    if by_column is not None:
        return by_column
    if level.code_column is None and prefix and child.code:
        return child.code[:prefix]
    key = level.level.key
    raise Invalid(
        f"Level {key!r} has no file and cannot be derived for {child.label}: name the column that holds its code with "
        f"--code {key}=COLUMN, or the widest cell with --top CODE:NAME.",
        field="level",
    )


def _take_doubles_away(plan: Plan, pieces: list[Piece], found: list[Found]) -> list[Piece]:
    """Of cells that share a code the one in the parent that the code names keeps it, else the first."""
    holders: dict[str, list[int]] = defaultdict(list)
    for position, piece in enumerate(pieces):
        if piece.code is not None:
            holders[piece.code].append(position)
    for code, positions in holders.items():
        prefix = plan.rules[pieces[0].rank].parent_prefix
        keeper = next((i for i in positions if prefix and pieces[i].parent == code[:prefix]), positions[0])
        for i in positions:
            if i != keeper:
                said = (
                    f"Code {code} belongs to {pieces[keeper].name!r} in {pieces[keeper].parent}; {pieces[i].name!r} in "
                    f"{pieces[i].parent} bore it too and is numbered anew."
                )
                gravity = NOTICE if plan.clean else DIRT
                found.append(Found("renumbered", gravity, (code,), said, shape=pieces[i].shape))
                pieces[i] = replace(pieces[i], code=None)
    return pieces


def _recognised(pieces: list[Piece], standing: Mapping[str, BaseGeometry], found: list[Found]) -> list[Piece]:
    """Pieces without a code keep the one that their land has under the same parent, unless the file gives it away."""
    free = {code: shape for code, shape in standing.items() if code not in {piece.code for piece in pieces}}
    for position, piece in enumerate(pieces):
        if piece.code is not None or piece.parent is None:
            continue
        near = {code: shape for code, shape in free.items() if code.startswith(piece.parent)}
        code = recognise(piece.shape, near)
        if code is not None:
            del free[code]
            pieces[position] = replace(piece, code=code)
            said = f"{piece.title} in {piece.parent} has no code and keeps {code}, which its land already has."
            found.append(Found("no_code", NOTICE, (code,), said))
    return pieces


def _number(plan: Plan, pieces: list[Piece], given: set[str], found: list[Found]) -> list[Piece]:
    """Give codes to the pieces that have none, parent by parent, in reading order."""
    missing: dict[str | None, list[int]] = defaultdict(list)
    for position, piece in enumerate(pieces):
        if piece.code is None:
            missing[piece.parent].append(position)
    for parent, positions in missing.items():
        try:
            if parent is None:
                raise CodeInvalid("there is no parent whose serial could be counted on", field="code")
            codes = next_codes(plan.rules[pieces[0].rank], parent=parent, taken=given, count=len(positions))
        except CodeInvalid as refused:
            rows = ", ".join(str(pieces[i].row) for i in positions[:20])
            which = counted(len(positions), "row has no code and gets none", "rows have no code and get none")
            said = f"{which} ({rows}): {refused.sentence}{_remedy(plan, pieces, parent)}"
            found.append(Found("no_code", FATAL, (parent,) if parent else (), said))
            continue
        order = reading_order([pieces[i].shape for i in positions])
        for code, place in zip(codes, order, strict=True):
            pieces[positions[place]] = replace(pieces[positions[place]], code=code)
        which = codes[0] if len(codes) == 1 else f"{codes[0]} to {codes[-1]}"
        said = f"{counted(len(codes), 'cell')} under {parent} had no code; numbered {which}."
        found.append(Found("no_code", NOTICE, tuple(codes), said))
    return pieces


def _remedy(plan: Plan, pieces: list[Piece], parent: str | None) -> str:
    """How to have a level numbered that has no serial: its digits are those behind the parents' codes in the file."""
    rule = plan.rules[pieces[0].rank]
    if parent is None or rule.serial_digits is not None or plan.system in BUILT_IN:
        return ""
    tails = Counter(
        len(piece.code) - len(piece.parent)
        for piece in pieces
        if piece.code and piece.parent and piece.code.startswith(piece.parent) and piece.code != piece.parent
    )
    digits = tails.most_common(1)[0][0] if tails else 3
    return f" Or let them be numbered behind their parent's code: --serial {pieces[0].level}={digits}."


def _fill(
    plan: Plan, tree: Tree, given: set[str], standing: Mapping[int, Mapping[str, BaseGeometry]], found: list[Found]
) -> None:
    """A supplied cell without children becomes its own child in each level below."""
    for rank in range(1, len(plan.levels)):
        parents = {piece.parent for piece in tree[rank + 1]}
        for piece in tree[rank]:
            if piece.code is None or piece.code in parents:
                continue
            before = {c: s for c, s in standing.get(rank + 1, {}).items() if c.startswith(piece.code)}
            code = recognise(piece.shape, before) or next_code(plan.rules[rank + 1], parent=piece.code, taken=given)
            given.add(code)
            key = plan.levels[rank].level.key
            tree[rank + 1].append(Piece(rank + 1, code, piece.name, piece.shape, parent=piece.code, level=key))
            said = f"{piece.title} has no children and became its own child {code}."
            found.append(Found("childless", NOTICE, (piece.code, code), said))


def _named(piece: Piece, found: list[Found]) -> Piece:
    if piece.name is not None:
        return piece
    if piece.supplied and piece.columns:
        found.append(Found("no_name", NOTICE, (piece.label,), f"{piece.title} has no name and is called by its code."))
    return replace(piece, name=piece.label)


def orphans(tree: Tree) -> list[Found]:
    """Cells below the widest level that no parent could be found for."""
    return [
        Found("orphan", DIRT, (piece.label,), f"{piece.title} lies in no parent and names none.", shape=piece.shape)
        for rank, pieces in tree.items()
        if rank > 1
        for piece in pieces
        if piece.parent is None
    ]
