"""The database masks as the program does: words are looked up in what is shown."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from spatial.cases.masking import mask

_KNOWN = ["138", "0000", "2026-01-31", "0571", "123X", "x", "a@b.cn", "@", "。", "（", ")", "８８", "-", " ", "\u3000"]
_PIECES = st.one_of(
    st.sampled_from(_KNOWN),
    st.from_regex("[0-9]{1,12}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_the_database_masks_as_the_program_does(conn: Connection, text: str) -> None:
    assert conn.exec_driver_sql("SELECT masked(%s)", (text,)).scalar_one() == mask(text)
