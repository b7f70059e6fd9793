"""Names and texts inside a statement, where no parameter can stand: identifiers, and texts of COMMENT, COPY, ATTACH."""

from __future__ import annotations


def quoted(identifier: str) -> str:
    """Return `identifier` as a quoted SQL identifier, whatever characters it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return declared text as an SQL string, for statements such as COMMENT that take no parameters."""
    return "'" + text.replace("'", "''") + "'"
