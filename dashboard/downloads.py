"""Estimates as files: a CSV, or a data package with code book, citation, method and loading scripts.

A download holds the rows of the estimate table that the screen draws, nothing more. At the manager's door a
file is marked internal, and every row that rests on fewer people than the export floor is emptied first.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from dashboard.answers import CODE_BOOK, EXPORT_FLOOR, Question, csv_text, measure_entry

LICENSE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
INTERNAL = "internal - not for release"
INTERNAL_NOTE = (
    "Internal. Exact numbers on your own records. Not for release; use the release for anyone outside. "
    f"Rows that rest on fewer than {EXPORT_FLOOR} people are empty."
)
RELEASE_NOTE = (
    "Disclosure-controlled statistics. Groups under 11 are not shown, numbers carry deliberate noise (within 10, "
    "mostly within 5) and are rounded to 5, so they do not add up exactly. Do not try to identify anyone."
)
EMPTIED = ["estimate", "lower", "upper", "n", "events"]
FIELD_TYPES = {
    "x": "number",
    "estimate": "number",
    "lower": "number",
    "upper": "number",
    "n": "number",
    "events": "number",
}


class Answers(Protocol):
    """Either reader: live records or the release."""

    version: str

    def ask(self, question: Question) -> pd.DataFrame:
        """Return the estimate table that answers `question`."""

    def about(self) -> dict[str, Any]:
        """Return title, demonstration, records_to, version and audience of what is read."""


def export_rows(table: pd.DataFrame, about: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of an estimate table as they may leave the screen, one column per grouping dimension first.

    `table` has the columns of the estimate table. At the manager's door rows with fewer people than the export
    floor lose their numbers and become hidden.
    """
    rows = table.copy()
    if about["audience"] == "manager":
        small = rows["n"].notna() & (rows["n"] < EXPORT_FLOOR)
        unsure = rows["n"].isna() & rows["status"].isin(["shown", "rough"])
        rows.loc[small | unsure, EMPTIED] = float("nan")
        rows.loc[small | unsure, ["status", "reason"]] = ["hidden", "below_export_floor"]
    dimensions = [name for name in dict.fromkeys(",".join(rows["grouping"].unique()).split(",")) if name]
    for position, dimension in enumerate(dimensions):
        parts = rows["level"].str.split("|")
        rows.insert(position, dimension, [part[position] if len(part) > position else "" for part in parts])
    return rows


def all_hidden(rows: pd.DataFrame) -> bool:
    """Tell whether no row of the table may be shown, so that there is nothing to download."""
    return not rows["status"].isin(["shown", "rough"]).any()


def file_name(measure: str, by: Sequence[str], about: Mapping[str, Any], ending: str) -> str:
    """Return the name of a download: measure, groups, records-to and version; marked when it is internal."""
    groups = "_by_" + "_and_".join(by) if by else ""
    marks = "INTERNAL_not_for_release_" if about["audience"] == "manager" else ""
    demonstration = "DEMONSTRATION_" if about["demonstration"] else ""
    return f"{marks}{demonstration}{measure}{groups}_{about['records_to']}_{about['version']}.{ending}"


def csv_bytes(rows: pd.DataFrame, *, for_excel: bool = False) -> bytes:
    """Return export rows as CSV: UTF-8, every field quoted, no cell a spreadsheet could run, empty where hidden."""
    values = [[_plain(value) for value in row] for row in rows.itertuples(index=False, name=None)]
    return csv_text(list(rows.columns), values, for_excel=for_excel).encode()


def code_book(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each column of `rows`: name, meaning, type, and what an empty cell means."""
    lines = []
    for name in rows.columns:
        meaning = CODE_BOOK.get(name, "Category of this grouping dimension.")
        empty = (
            "hidden, or does not apply: see status and reason" if name in FIELD_TYPES else "never empty, or everyone"
        )
        lines.append(
            {"column": name, "meaning": meaning, "type": FIELD_TYPES.get(name, "string"), "empty_means": empty}
        )
    return pd.DataFrame(lines)


def citation(measure: str, about: Mapping[str, Any]) -> str:
    """Return one line to cite the table by."""
    entry = measure_entry(measure)
    return (
        f"{about['title']}. {entry.label}. Records to {about['records_to']}, version {about['version']}. "
        "Made with recovery-outcomes."
    )


def data_package(measure: str, rows: pd.DataFrame, about: Mapping[str, Any], settings: Mapping[str, Any]) -> bytes:
    """Return a ZIP: data.csv, datapackage.json, codebook.csv, README.md, methods.md, CITATION.cff, load.R, load.py."""
    book = code_book(rows)
    files = {
        "data.csv": csv_bytes(rows),
        "codebook.csv": csv_bytes(book),
        "datapackage.json": json.dumps(_descriptor(measure, rows, book, about, settings), indent=2).encode(),
        "README.md": _readme(measure, about).encode(),
        "methods.md": methods_text(measure).encode(),
        "CITATION.cff": _citation_file(measure, about).encode(),
        "load.R": _LOAD_R.encode(),
        "load.py": _LOAD_PY.encode(),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)
    return target.getvalue()


def methods_text(measure: str) -> str:
    """Return how a measure is worked out, as Markdown, from its entry in the registry."""
    entry = measure_entry(measure)
    cautions = "".join(f"- {caution}\n" for caution in entry.cautions)
    return (
        f"# {entry.label}\n\n{entry.question}\n\n{entry.definition}\n\n"
        f"**Counted:** {entry.numerator}\n\n**Among:** {entry.denominator}\n\n**Not counted:** {entry.exclusions}\n\n"
        f"**Worked out by:** {entry.estimator}\n\n**Read with care**\n\n{cautions}\nVersion {entry.version}\n"
    )


def write_download(
    answers: Answers,
    measure: str,
    by: Sequence[str],
    where: Sequence[tuple[str, tuple[str, ...]]],
    file_format: str,
    folder: Path,
) -> Path:
    """Write one measure as `csv` or `package` into `folder` and return the path of the file."""
    table = answers.ask(Question(measure, tuple(by), tuple(where)))
    about = answers.about()
    rows = export_rows(table, about)
    ending, content = (
        ("zip", data_package(measure, rows, about, {"filters": dict(where)}))
        if file_format == "package"
        else ("csv", csv_bytes(rows))
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(measure, by, about, ending)
    path.write_bytes(content)
    return path


def _plain(value: object) -> object:
    """Return whole numbers without a decimal point, everything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def note(about: Mapping[str, Any]) -> str:
    """Return the sentence about protection that every file and page of a door carries."""
    return INTERNAL_NOTE if about["audience"] == "manager" else RELEASE_NOTE


def _descriptor(
    measure: str, rows: pd.DataFrame, book: pd.DataFrame, about: Mapping[str, Any], settings: Mapping[str, Any]
) -> dict[str, Any]:
    fields = [
        {"name": line.column, "type": line.type, "title": line.column, "description": line.meaning}
        for line in book.itertuples()
    ]
    return {
        "name": measure.replace("_", "-"),
        "title": measure_entry(measure).label,
        "version": about["version"],
        "licenses": [LICENSE] if about["audience"] == "public" else [{"name": "internal", "title": INTERNAL}],
        "sources": [{"title": f"{about['title']}, records to {about['records_to']}"}],
        "description": note(about),
        "demonstration": bool(about["demonstration"]),
        "settings": dict(settings),
        "resources": [
            {
                "name": "data",
                "path": "data.csv",
                "format": "csv",
                "encoding": "utf-8",
                "rows": len(rows),
                "schema": {"fields": fields, "missingValues": [""]},
            }
        ],
    }


def _readme(measure: str, about: Mapping[str, Any]) -> str:
    made_up = "**Demonstration data: not real people.**\n\n" if about["demonstration"] else ""
    return (
        f"# {measure_entry(measure).label}\n\n{made_up}{note(about)}\n\n"
        "- `data.csv`: one row per estimate; empty numbers are hidden or do not apply (`status`, `reason` say which).\n"
        "- `codebook.csv`: what each column means.\n- `methods.md`: how the numbers are worked out.\n"
        f"- `load.R`, `load.py`: read the file.\n\nCite as: {citation(measure, about)}\n"
    )


def _citation_file(measure: str, about: Mapping[str, Any]) -> str:
    title = json.dumps(f"{about['title']}: {measure_entry(measure).label}")
    return (
        "cff-version: 1.2.0\nmessage: Please cite this table as below.\ntype: dataset\n"
        f"title: {title}\nversion: {json.dumps(str(about['version']))}\n"
        f"authors:\n  - name: {json.dumps(about['title'])}\n"
    )


_LOAD_R = """data <- read.csv("data.csv", na.strings = "", stringsAsFactors = FALSE)
book <- read.csv("codebook.csv", stringsAsFactors = FALSE)
shown <- subset(data, status %in% c("shown", "rough"))
str(shown)
print(book[, c("column", "meaning")])
"""
_LOAD_PY = """import pandas as pd
data = pd.read_csv("data.csv", keep_default_na=False, na_values=[""])
book = pd.read_csv("codebook.csv")
shown = data[data["status"].isin(["shown", "rough"])]
print(shown.head(), book[["column", "meaning"]], sep="\\n")
"""
