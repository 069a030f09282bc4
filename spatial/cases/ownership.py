"""Whose is it: territory (块) by place, department (条) by matter, with the reasons.

Territory is the chain of cells that the report lies in; the department is the category's. An owner carries
its reasons, so that it can be explained later as it was decided then.

Pure: a placement and rules in, an owner out.
"""

from dataclasses import dataclass
from typing import Any

from spatial.cases.rules import Category, CellName
from spatial.grid.placement import Placement


@dataclass(frozen=True)
class Body:
    """A territorial body, bound to the cell that it answers for."""

    cell: str
    level: str
    name: str


@dataclass(frozen=True)
class Department:
    """A department, bound to the matter."""

    code: str
    name: str
    name_zh: str


@dataclass(frozen=True)
class Reason:
    """A rule that took part, and what it said."""

    rule: str
    says: str


@dataclass(frozen=True)
class Owner:
    """Who answers for a case, and why. `lead` is None where no department has the matter: territory holds it."""

    territorial: tuple[Body, ...]
    lead: Department | None
    assisting: tuple[Department, ...]
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the store and for answers."""
        return {
            "territorial": [vars(body) for body in self.territorial],
            "lead": vars(self.lead) if self.lead else None,
            "assisting": [vars(department) for department in self.assisting],
            "reasons": [vars(reason) for reason in self.reasons],
        }


def resolve_owner(
    *, placement: Placement, category: Category | None, names: dict[str, CellName], revision: int
) -> Owner:
    """The owner of a matter at a place, as of the rules given. `names` holds the cells of the placement's path."""
    territorial = tuple(_body(names[code]) for code in reversed(placement.path) if code in names)
    lead = Department(category.department, category.department_name, category.department_name_zh) if category else None
    reasons = (*_place_reasons(placement, names, revision), *_matter_reasons(placement, category))
    return Owner(territorial, lead, (), reasons)


def _body(cell: CellName) -> Body:
    return Body(cell.code, cell.level, cell.body or cell.name)


def _place_reasons(placement: Placement, names: dict[str, CellName], revision: int) -> tuple[Reason, ...]:
    if placement.unit is None:
        return (Reason("outside", f"no unit of grid revision {revision} covers the position"),)
    name = names[placement.unit].name if placement.unit in names else placement.unit
    found = Reason("border", f"the position lies in unit {placement.unit} ({name}) of grid revision {revision}")
    rivals = [c for c in placement.candidates if c.code != placement.unit]
    if placement.certainty == "certain" or not rivals:
        return (found,)
    told = ", ".join(f"{c.code} {c.share:.0%}" for c in rivals[:3])
    return found, Reason("accuracy", f"the accuracy disc also covers {told}")


def _matter_reasons(placement: Placement, category: Category | None) -> tuple[Reason, ...]:
    if category is not None:
        says = f"category {category.code} ({category.name}) is a matter of {category.department_name}"
        return (Reason("category", says),)
    if placement.unit is None:
        return (Reason("nobody", "no territory and no category: a clerk must decide"),)
    return (Reason("territory_holds", "no category is set, so the territory holds the case (属地兜底)"),)
