"""Numbers in sentences. Knows English nouns; refuses to know what is counted."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 cell`, `1,200 cells`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
