"""A table as a data package: the CSV with its code book, method, citation and two scripts that read it.

The descriptor follows the Frictionless Data Package and Table Schema (1.0, 2017). It carries no date of its making,
so that the same table gives the same bytes and nothing tells when records were read.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from dashboard import downloads
from dashboard.answers import STATUSES, Question, definition, measure_entry

LICENSE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
INTERNAL_LICENSE = {"name": "internal", "title": downloads.INTERNAL, "path": "README.md"}
NEVER_EMPTY = (downloads.USE, "measure", "cohort", "stat", "status", "source")
_SAME_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP can hold, for every file, so that the same table gives the same bytes."""


def data_package(measure: str, rows: pd.DataFrame, about: Mapping[str, Any], settings: Mapping[str, Any]) -> bytes:
    """Return a ZIP: data.csv, datapackage.json, codebook.csv, README.md, methods.md, CITATION.cff, load.R, load.py.

    `rows` come from `downloads.export_rows`; `settings` are the filters and settings of the question.
    """
    book = downloads.code_book(rows)
    tables = {"data": downloads.csv_bytes(rows), "codebook": downloads.csv_bytes(book)}
    described = json.dumps(_descriptor(measure, rows, tables, about, settings), indent=2, ensure_ascii=False)
    files = {
        "README.md": _readme(measure, about).encode(),
        "data.csv": tables["data"],
        "codebook.csv": tables["codebook"],
        "datapackage.json": described.encode(),
        "methods.md": methods_text(measure).encode(),
        "CITATION.cff": _citation_file(measure, about).encode(),
        "load.R": _LOAD_R.encode(),
        "load.py": _LOAD_PY.encode(),
    }
    return _zip(files)


def tables_zip(tables: Iterable[tuple[Question, pd.DataFrame]], about: Mapping[str, Any]) -> bytes:
    """Return a ZIP with one CSV for each question, a code book of their columns and a README; for a release."""
    files: dict[str, bytes] = {}
    books = []
    for question, table in tables:
        rows = downloads.export_rows(table, about)
        groups = "_by_" + "_and_".join(question.by) if question.by else ""
        files[f"{question.measure}{groups}.csv"] = downloads.csv_bytes(rows)
        books.append(downloads.code_book(rows)[["column", "meaning", "type", "empty_means"]])
    files["codebook.csv"] = downloads.csv_bytes(pd.concat(books).drop_duplicates("column"))
    made_up = "**Demonstration data: not real people.**\n\n" if about["demonstration"] else ""
    said = f"# The tables behind the report\n\n{made_up}{downloads.note(about)}\n\n"
    listed = "".join(f"- `{name}`\n" for name in files)
    closing = f"\n{about['title']}. Records to {about['records_to']}, version {about['version']}.\n"
    return _zip({"README.md": (said + listed + closing).encode(), **files})


def _zip(files: Mapping[str, bytes]) -> bytes:
    """Return `files` as a ZIP whose bytes depend on nothing else."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=_SAME_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()


def methods_text(measure: str) -> str:
    """Return how a measure is worked out, as Markdown, from its entry in the registry."""
    entry = measure_entry(measure)
    left_out = "".join(f"- {text}\n" for text in entry.exclusions)
    defined = "".join(_definition_text(name) for name in entry.definitions)
    cautions = "".join(f"- {text}\n" for text in entry.cautions)
    return (
        f"# {entry.label}\n\n{entry.question}\n\n{entry.definition}\n\n"
        f"**Definitions**\n\n{defined}\n"
        f"**Counted:** {entry.numerator}\n\n**Among:** {entry.denominator}\n\n**Not counted**\n\n{left_out}\n"
        f"**Read with care**\n\n{cautions}\nVersion {entry.version}, reviewed {entry.reviewed}.\n"
    )


def _definition_text(name: str) -> str:
    """Return one definition as a line of a list in Markdown."""
    one = definition(name)
    formula = f" `{one.formula}`" if one.formula else ""
    source = f" {one.source}" if one.source else ""
    return f"- **{one.term}** ({one.id}, version {one.version}): {one.words}{formula}{source}\n"


def _descriptor(
    measure: str,
    rows: pd.DataFrame,
    tables: Mapping[str, bytes],
    about: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return datapackage.json: what the package is, who may have it, and both tables column by column."""
    use = downloads.PROTECTED if about["audience"] == "public" else downloads.INTERNAL
    book = downloads.code_book(rows)
    columns = [(str(line.column), str(line.meaning)) for line in book.itertuples()]
    meanings = {
        "column": "Name of a column of data.csv.",
        "meaning": "What the column holds.",
        "type": "string or number.",
        "allowed": "Values or range the column can hold; empty if there is no limit.",
        "empty_means": "What an empty cell of the column means.",
    }
    return {
        "profile": "tabular-data-package",
        "name": measure.replace("_", "-"),
        "title": measure_entry(measure).label,
        "description": downloads.note(about),
        "version": str(about["version"]),
        "licenses": [LICENSE if about["audience"] == "public" else INTERNAL_LICENSE],
        "sources": [{"title": f"{about['title']}, records to {about['records_to']}"}],
        "contributors": [{"title": str(about["title"]), "role": "publisher"}],
        "demonstration": bool(about["demonstration"]),
        "use": use,
        "settings": dict(settings),
        "resources": [
            _resource("data", tables["data"], [_field(name, meaning, use) for name, meaning in columns], len(rows)),
            _resource(
                "codebook",
                tables["codebook"],
                [{"name": name, "type": "string", "description": meaning} for name, meaning in meanings.items()],
                len(book),
            ),
        ],
    }


def _resource(name: str, content: bytes, fields: list[dict[str, Any]], rows: int) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rows": rows,
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n", "header": True},
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _field(name: str, meaning: str, use: str) -> dict[str, Any]:
    """Return one field of the table schema: name, type, title, meaning, unit and constraints."""
    number = name in downloads.NUMBERS
    constraints: dict[str, Any] = {"required": True} if name in NEVER_EMPTY else {}
    if name in ("n", "events"):
        constraints["minimum"] = 0
    if name == "status":
        constraints["enum"] = list(STATUSES)
    if name == downloads.USE:
        constraints["enum"] = [use]
    field = {
        "name": name,
        "type": "number" if number else "string",
        "title": name.replace("_", " ").capitalize(),
        "description": meaning,
    }
    units = {"n": "people, or sessions where methods.md says so", "x": "days, or points of a score"}
    if name in units:
        field["unit"] = units[name]
    return {**field, "constraints": constraints} if constraints else field


def _readme(measure: str, about: Mapping[str, Any]) -> str:
    made_up = "**Demonstration data: not real people.**\n\n" if about["demonstration"] else ""
    internal = f"**{downloads.INTERNAL.upper()}**\n\n" if about["audience"] == "manager" else ""
    return (
        f"# {measure_entry(measure).label}\n\n{internal}{made_up}{downloads.note(about)}\n\n"
        "- `data.csv`: one row per estimate. Shares run from 0 to 1. An empty number is hidden or does not apply; "
        "`status` and `reason` say which. The first column, `use`, says in every row who may have the file.\n"
        "- `codebook.csv`: what each column means.\n- `datapackage.json`: the same for a program.\n"
        "- `methods.md`: how the numbers are worked out.\n- `load.R`, `load.py`: read the file.\n\n"
        f"Cite as: {downloads.citation(measure, about)}\n"
    )


def _citation_file(measure: str, about: Mapping[str, Any]) -> str:
    title = json.dumps(f"{about['title']}: {measure_entry(measure).label}", ensure_ascii=False)
    return (
        f"cff-version: 1.2.0\nmessage: {json.dumps(downloads.citation(measure, about), ensure_ascii=False)}\n"
        f"type: dataset\ntitle: {title}\nversion: {json.dumps(str(about['version']))}\n"
        f"authors:\n  - name: {json.dumps(str(about['title']), ensure_ascii=False)}\n"
    )


_LOAD_R = """data <- read.csv("data.csv", na.strings = "", stringsAsFactors = FALSE)
book <- read.csv("codebook.csv", stringsAsFactors = FALSE)
shown <- subset(data, status %in% c("shown", "rough"))
print(shown[, c("level", "x", "stat", "estimate", "lower", "upper", "n")])
print(book[, c("column", "meaning")])
"""
_LOAD_PY = """import pandas as pd
data = pd.read_csv("data.csv", keep_default_na=False, na_values=[""])
book = pd.read_csv("codebook.csv")
shown = data[data["status"].isin(["shown", "rough"])]
print(shown.to_string(), book[["column", "meaning"]].to_string(), sep="\\n\\n")
"""
