"""Named queries from .sql files.

A file holds blocks of this form; parameters are bound, written `%(name)s`:

    -- name: find_cell
    -- One line that says what it answers.
    SELECT ...

Knows the file format. Refuses to assemble SQL: a query is used as it is written.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_HEAD = re.compile(r"^-- name: (\w+)\n((?:-- .*\n)+)", re.MULTILINE)


def parse_queries(text: str) -> dict[str, str]:
    """Split the text of a .sql file into its named queries."""
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found = {head[1]: text[head.end() : end].strip().rstrip(";") for head, end in zip(heads, ends, strict=True)}
    if len(found) != len(heads):
        raise ValueError("two queries of one file share a name")
    return found


def load_queries(module_file: str, name: str = "queries.sql") -> Mapping[str, str]:
    """Read the .sql file that lies beside a module: `SQL = load_queries(__file__)`."""
    return MappingProxyType(parse_queries(Path(module_file).with_name(name).read_text(encoding="utf-8")))
