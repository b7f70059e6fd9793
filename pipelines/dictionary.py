"""The data dictionary, generated from the declarations: python -m pipelines.dictionary > docs/data_dictionary.md."""

from __future__ import annotations

from pipelines.schema import TABLES, Column, Table

HEADING = """# Data dictionary

Generated from `pipelines/schema.py` by `python -m pipelines.dictionary > docs/data_dictionary.md`.

*In your file* is the heading a file carries; *stored* is what the records hold: identifiers become keyed codes, dates
become days since the episode's first contact (day 0). A column without a heading of its own is worked out by the load.
"""


def data_dictionary() -> str:
    """Return the dictionary of every canonical table as Markdown."""
    return "\n".join([HEADING, *(_table(table) for table in TABLES)])


def column_rows() -> list[dict[str, str]]:
    """Return one row per column of every canonical table: table, column, label, meaning, type, allowed values, unit."""
    return [
        {
            "table": table.name,
            "column": column.name,
            "in_your_file": column.incoming or "",
            "label": column.label,
            "meaning": column.meaning,
            "type": column.type.lower(),
            "allowed": allowed_words(column),
            "unit": column.unit,
        }
        for table in TABLES
        for column in table.columns
    ]


def allowed_words(column: Column) -> str:
    """Return the allowed values of a column in words; empty if there is no limit."""
    if column.allowed:
        return ", ".join(column.allowed)
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum:g} to {column.maximum:g}"
    return ""


def _table(table: Table) -> str:
    lines = [
        f"## {table.name}",
        "",
        f"{table.grain[0].upper()}{table.grain[1:]}. Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| stored | in your file | meaning | type | allowed | unit |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_line(column) for column in table.columns]
    return "\n".join([*lines, ""])


def _line(column: Column) -> str:
    heading = f"`{column.incoming}`" + (" (required)" if column.required else "") if column.incoming else ""
    cells = (f"`{column.name}`", heading, column.meaning, column.type.lower(), allowed_words(column), column.unit)
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print(data_dictionary(), end="")
