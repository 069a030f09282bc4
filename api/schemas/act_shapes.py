"""What the bodies of acts are made of: codes, words, units; what an act does not know is refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NO_NUL = r"^[^\x00]*$"
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=NO_NUL)]
Unit = Annotated[
    str, Field(min_length=1, max_length=64, pattern=NO_NUL, description="A department, `@level` or `@cell`.")
]
Standard = Annotated[int, Field(gt=0, lt=2**63, strict=True)]


class Act(BaseModel):
    """The body of an act."""

    model_config = ConfigDict(extra="forbid")
