"""What an import would do to the grid in force, said before it is published.

Which cells end, which land is no longer covered, which withdrawn cells come back. Pure: shapes in, findings out.
"""

from collections.abc import Iterator, Mapping

from shapely.geometry.base import BaseGeometry

from spatial.grid.geodesy import area_m2
from spatial.grid.importing.assembling import Tree
from spatial.grid.importing.checking import metres2
from spatial.grid.importing.findings import FATAL, NOTICE, Found
from spatial.grid.importing.pieces import polygonal, union_of
from spatial.grid.importing.plan import Plan
from spatial.grid.returning import Withdrawn
from spatial.wording import counted

_NAMED = 20  # codes in a sentence; the finding holds all of them
_LEFT_M2 = 0.01  # less is the rounding of an intersection

Standing = Mapping[int, Mapping[str, BaseGeometry]]


def check_standing(plan: Plan, tree: Tree, standing: Standing, withdrawn: Mapping[str, Withdrawn]) -> list[Found]:
    """Cells of the grid in force that end, land that it covers no longer, and withdrawn codes that come back.

    `standing` holds the cells in force by rank and code, `withdrawn` those that ended before.
    """
    return [*_ending(plan, tree, standing), *_uncovered(plan, tree, standing), *_returning(tree, withdrawn)]


def _ending(plan: Plan, tree: Tree, standing: Standing) -> Iterator[Found]:
    for level in reversed(plan.levels):
        before = standing.get(level.level.rank, {})
        gone = sorted(before.keys() - {piece.code for piece in tree[level.level.rank]})
        if gone:
            more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
            which = counted(len(gone), f"{level.level.key} is", f"cells of level {level.level.key} are")
            said = f"{which} not in the new grid and would be withdrawn: {', '.join(gone[:_NAMED])}{more}."
            yield Found("withdrawn", NOTICE, tuple(gone), said)


def _uncovered(plan: Plan, tree: Tree, standing: Standing) -> Iterator[Found]:
    before = standing.get(len(plan.levels), {})
    units = tree[len(plan.levels)]
    if not before or not units:
        return
    left = polygonal(union_of(before.values()).difference(polygonal(union_of(unit.shape for unit in units))))
    area = 0.0 if left.is_empty else area_m2(left)
    if area > _LEFT_M2:
        said = f"{metres2(area)} of the grid in force are no longer covered; open cases there would lie outside."
        yield Found("uncovered", NOTICE, (), said, area, left)


def _returning(tree: Tree, withdrawn: Mapping[str, Withdrawn]) -> Iterator[Found]:
    for piece in (piece for level in tree.values() for piece in level):
        last = withdrawn.get(piece.code or "")
        if last is None:
            continue
        refusal = last.refusal(piece.rank, piece.shape)
        if refusal is not None:
            yield Found("reused_code", FATAL, (last.code,), refusal, shape=polygonal(piece.shape))
            continue
        said = (
            f"{piece.title} was withdrawn in revision {last.revision} and comes back at its place "
            f"({last.share_in(piece.shape):.0%} of its last land): the same cell again."
        )
        yield Found("revived", NOTICE, (last.code,), said)
