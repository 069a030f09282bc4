"""The bodies of acts on a case, one shape for each; what an act does not know is refused."""

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field

from api.schemas import calling
from api.schemas import lifecycle as steps
from api.schemas.act_shapes import NO_NUL, Act, Code, Standard, Unit, Words

AttributeKey = Annotated[str, Field(min_length=1, max_length=32, pattern=NO_NUL)]
AttributeValue = Annotated[str, Field(max_length=64, pattern=NO_NUL)]


Choices = Mapping[str, Sequence[str | int | bool]]


class Sort(Act):
    """Say what the case is about; its owner is decided anew."""

    act: Literal["sort"]
    category: Code
    attributes: dict[AttributeKey, AttributeValue] | None = Field(default=None, max_length=20)
    standard: Standard | None = None


class Accept(Act):
    """Take the case on, under a handling standard."""

    act: Literal["accept"]
    standard: Standard | None = None


class Dispatch(Act):
    """Hand the case to exactly one lead; without one, to the unit that was decided."""

    act: Literal["dispatch"]
    lead: Unit | None = None
    assisting: list[Unit] | None = Field(default=None, max_length=20)
    reason: Words | None = Field(default=None, description="Needed for another lead than the decided one.")


class Return(Act):
    """Hand the case back as "not mine"."""

    act: Literal["return"]
    unit: Unit | None = None
    reason: Words
    basis: Words


class Dispute(Act):
    """Bring the case before the panel."""

    act: Literal["dispute"]
    note: Words


class Refer(Act):
    """Give a demand that is not the government's to a provider."""

    act: Literal["refer"]
    nature: Literal["market", "social"]
    provider: Code


class Contact(Act):
    """The provider has called back."""

    act: Literal["contact"]


class Recall(Act):
    """Take a referred case back as the government's."""

    act: Literal["recall"]
    note: Words
    standard: Standard | None = None


class OrderInterim(Act):
    """Order a territorial body to act first, without becoming the lead."""

    act: Literal["order_interim"]
    unit: Unit | None = None
    note: Words


class NoteCost(Act):
    """Note what the interim handling has cost."""

    act: Literal["note_cost"]
    cost: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2, allow_inf_nan=False)]
    note: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] = ""


class Supervise(Act):
    """Order whoever stands on a level of the ladder to answer in writing: 1 is who holds the case."""

    act: Literal["supervise"]
    note: Words
    level: Annotated[int, Field(ge=1, le=99)] = 1


ACTS = (
    Sort, Accept, Dispatch, Return, Dispute, Refer, Contact, Recall, OrderInterim, NoteCost, Supervise, *steps.ACTS,
    *calling.ACTS,
)  # fmt: skip
ActBody = Annotated[
    Sort
    | Accept
    | Dispatch
    | Return
    | Dispute
    | Refer
    | Contact
    | Recall
    | OrderInterim
    | NoteCost
    | Supervise
    | steps.LifecycleAct
    | calling.CallingAct,
    Field(discriminator="act"),
]


class FieldOut(BaseModel):
    """A field of an act's body; `values` are those that would go through now, null where any that fits does."""

    name: str
    required: bool
    values: list[str | int | bool] | None = None


class LegalAct(BaseModel):
    """An act that the viewer may do now, with the fields of its body."""

    act: str
    fields: list[FieldOut]


class LegalActs(BaseModel):
    """What the viewer may do to a case now."""

    case_no: str
    state: str
    legal: list[LegalAct]


def fields_of(act: str, *, choices: Choices, needed: Set[str]) -> list[FieldOut]:
    """The fields of an act's body, `act` itself left out; `choices` are values by field, `needed` are required here."""
    shape = next(one for one in ACTS if act in get_args(one.model_fields["act"].annotation))
    fields = [(name, field) for name, field in shape.model_fields.items() if name != "act"]
    told = {name: list(values) for name, values in choices.items()}
    return [
        FieldOut(name=name, required=field.is_required() or name in needed, values=told.get(name))
        for name, field in fields
    ]
