"""Stage an organisation's files as text, each row with its number, before anything is interpreted.

CSV (also compressed with gzip) and Parquet are read by DuckDB, Excel workbooks by `workbook`, FHIR by `fhir`.
Each file, and each sheet of a workbook, becomes a TEMP view `source_<stem>`: every column as text, and
`row_no`, the place of the record in its file, where the heading is row 1 and blank lines do not count; in a
workbook it is the row of the sheet. What is wrong with the files is gathered and reported with a remedy; no
cell's value is ever part of a message.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines import delimited, fhir, versions, workbook
from pipelines.faults import Fault, InputFault
from pipelines.progress import Progress, silent
from pipelines.staging import STAGED, Format, SourceFile, drop, lay_view

__all__ = ["SUFFIXES", "SourceFile", "find", "passed_over", "stage", "stem"]

SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "workbook",
    ".ndjson": "fhir",
    ".ndjson.gz": "fhir",
    ".json": "fhir",
}
"""Endings of files that are read; an .xls is refused with the remedy unless it is a workbook of the new format."""

_READ_CSV = """
    CREATE OR REPLACE TEMP TABLE staged_text AS
    SELECT * FROM read_csv(
        $path, columns = $columns, delim = $delimiter, quote = '"', escape = '"', header = false, skip = 1,
        auto_detect = false, hive_partitioning = false
    )
"""
_READ_PARQUET = (
    "CREATE OR REPLACE TEMP TABLE staged_text AS SELECT * FROM read_parquet($path, hive_partitioning = false)"
)
_PARQUET_COLUMNS = "SELECT name, num_children FROM parquet_schema($path)"
_COUNT_REJECTED = """
    CREATE OR REPLACE TEMP TABLE staged_text AS
    SELECT * FROM read_csv(
        $path, columns = $columns, delim = $delimiter, quote = '"', escape = '"', header = false, skip = 1,
        auto_detect = false, hive_partitioning = false, store_rejects = true, rejects_limit = 0,
        rejects_table = 'rejected_rows', rejects_scan = 'rejected_files'
    )
"""
_REJECTED = "SELECT error_type, count(DISTINCT line) FROM rejected_rows GROUP BY error_type ORDER BY error_type"

_NO_TABLES = (".toml", ".sql", ".md", ".pdf", ".doc", ".docx", ".html", ".log", ".ini", ".db")
_NO_TABLES_NAMED = ("help.txt", "readme.txt", "readme", "license")
"""Endings and names, in small letters, of what lies beside exports and holds no records."""
_MOST_NAMED = 5
_OPEN_IN_EXCEL = "~$"
"""What Excel puts before the name of a file of its own that lies beside a workbook while that is open."""
_ONE_TABLE: tuple[Format, ...] = ("csv", "parquet")
"""Formats of which a file is one table, called as the file is."""
_REJECTED_RULES = {
    "MISSING COLUMNS": (
        "rows have fewer cells than the heading",
        "Put quotes around cells that hold the delimiter or a line break, and export the file again",
    ),
    "TOO MANY COLUMNS": (
        "rows have more cells than the heading",
        "If a title stands above the headings, remove it; else put quotes around cells that hold the delimiter or a "
        "line break, and export the file again",
    ),
    "UNQUOTED VALUE": (
        "a cell opens a quotation mark and does not close it properly",
        "Double every quotation mark inside a quoted cell, and export the file again",
    ),
    "LINE SIZE OVER MAXIMUM": (
        "a row is longer than 2,000,000 bytes",
        "Remove long notes or attached files from the export; they are never stored",
    ),
}


def stage(connection: duckdb.DuckDBPyConnection, source: Path, progress: Progress | None = None) -> list[SourceFile]:
    """Stage every file of a folder that can be read, or one file, and return the tables by name of their file.

    All FHIR files of a folder are one export and fill the same tables. Raises InputFault with every fault of
    every file: missing, empty, another encoding or delimiter, headings twice, rows of another length, not a whole
    file of its kind, or two files for one table.
    """
    tell = progress or silent
    paths = find(source)
    exports = [path for path in paths if SUFFIXES[_suffix(path)] == "fhir"]
    staged: list[SourceFile] = []
    faults: list[Fault] = []
    for done, path in enumerate(paths):
        tell(f"reading {path.name}, file {done + 1} of {len(paths)}", done / len(paths))
        if path in exports[1:]:
            continue
        try:
            staged.extend(_stage_one(connection, path, exports))
        except InputFault as fault:
            faults.extend(fault.faults)
        except PermissionError:
            faults.append(Fault(path.name, "cannot be read", "Give your account the right to read it"))
    faults.extend(_second_tables(staged))
    if faults:
        raise InputFault(faults)
    return staged


def find(source: Path) -> list[Path]:
    """Return the files of a folder that can be read, or the file itself, by name.

    Raises InputFault if there is none, or if two files would fill the same table.
    """
    if not source.exists():
        raise InputFault(Fault(printable(str(source)), "there is no such file or folder", "Check the path"))
    if not source.is_file() and not source.is_dir():
        remedy = "Name the folder with your files, or one file"
        raise InputFault(Fault(printable(str(source)), "is neither a file nor a folder", remedy))
    candidates = [source] if source.is_file() else sorted(path for path in source.iterdir() if path.is_file())
    paths = [path for path in candidates if _suffix(path) and not path.name.startswith((".", _OPEN_IN_EXCEL))]
    if not paths:
        known = ", ".join(SUFFIXES)
        raise InputFault(
            Fault(
                printable(str(source)),
                "holds no file that can be read",
                f"Export each table as one file ending in {known}",
            )
        )
    faults = _tricks(source, paths)
    seen: dict[str, Path] = {}
    for path in paths:
        if SUFFIXES[_suffix(path)] not in _ONE_TABLE:
            continue
        first = seen.setdefault(stem(path), path)
        if first is not path:
            remedy = f"Keep one of {first.name} and {path.name} and move the other away"
            faults.append(Fault(path.name, "a second file for the same table", remedy))
    if faults:
        raise InputFault(faults)
    return paths


def passed_over(source: Path) -> list[str]:
    """Return a sentence for what of a folder is not read and may hold records: files of other endings, and folders.

    Without it a table under another ending would be missing from the records, and nothing would say so.
    """
    if not source.is_dir():
        return []
    beside = sorted(path for path in source.iterdir() if not path.name.startswith((".", _OPEN_IN_EXCEL)))
    files = [path for path in beside if path.is_file() and not _suffix(path) and not _holds_no_table(path)]
    folders = [path for path in beside if _holds_tables(path)]
    said = []
    if files:
        said.append(f"{_named(files)}: not read, because only files ending in {', '.join(SUFFIXES)} are.")
    if folders:
        said.append(f"{_named(folders)}: not read, because folders within the folder are not looked into.")
    return said


def _holds_no_table(path: Path) -> bool:
    name = path.name.casefold()
    return name.endswith(_NO_TABLES) or name in _NO_TABLES_NAMED


def _holds_tables(path: Path) -> bool:
    if not path.is_dir() or path.is_symlink():
        return False
    try:
        return any(_suffix(each) for each in path.iterdir())
    except PermissionError:
        return False


def _named(paths: list[Path]) -> str:
    more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
    return ", ".join(printable(path.name) for path in paths[:_MOST_NAMED]) + more


def _tricks(source: Path, paths: list[Path]) -> list[Fault]:
    """Return a fault for every name that a terminal would not show as it is, and every link out of the folder."""
    within = source.resolve() if source.is_dir() else None
    faults = []
    for path in paths:
        shown = printable(path.name)
        if shown != path.name:
            rule = "has control characters or invisible letters in its name"
            faults.append(Fault(shown, rule, "Rename the file, in plain letters"))
        if within is not None and leads_out(path, within):
            rule = "is a link that leads out of the folder"
            faults.append(Fault(shown, rule, "Copy the file itself into the folder, if it belongs to your records"))
    return faults


def leads_out(path: Path, folder: Path) -> bool:
    """Tell whether what lies at `path` is outside `folder`: then somebody else may have chosen what is read."""
    return not path.resolve().is_relative_to(folder)


def printable(name: str) -> str:
    """Return the name of a file as it can be shown: what is invisible, or commands a terminal, becomes a `?`."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def stem(path: Path) -> str:
    """Return the name of a file without its ending, in lower case: `sessions` for `Sessions.csv.gz`."""
    suffix = _suffix(path)
    return path.name[: len(path.name) - len(suffix)].lower()


def _suffix(path: Path) -> str:
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), "")


def _stage_one(connection: duckdb.DuckDBPyConnection, path: Path, exports: list[Path]) -> list[SourceFile]:
    kind = SUFFIXES[_suffix(path)]
    if kind == "workbook":
        return workbook.stage(connection, path)
    if kind == "fhir":
        return fhir.stage(connection, exports)
    return [_stage_parquet(connection, path) if kind == "parquet" else _stage_csv(connection, path)]


def _second_tables(staged: list[SourceFile]) -> list[Fault]:
    """Return a fault for every table that a second file or sheet holds, too; the later one has taken its place."""
    seen: dict[str, SourceFile] = {}
    return [
        Fault(file.name, "a second table of the same name", f"Rename it, or keep one of it and {first.name}")
        for file in staged
        if not file.faults and (first := seen.setdefault(file.stem, file)) is not file
    ]


def _stage_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> SourceFile:
    parameters = {"path": _literal_path(path)}
    try:
        described = connection.execute(_PARQUET_COLUMNS, parameters).fetchall()[1:]
        headings = tuple(str(name) for name, _ in described)
        if any(children for _, children in described):
            raise InputFault(Fault(path.name, "a column holds lists or records", "Export one value a cell"))
        delimited.check_headings(path.name, headings)
        connection.execute(_READ_PARQUET, parameters)
    except duckdb.Error as error:
        raise versions.storage_fault(error, path.parent) or InputFault(
            Fault(path.name, "is not a whole Parquet file", "Export it again, or export it as CSV")
        ) from None
    return _staged(connection, path, "parquet", headings, versions.sha256(path))


def _stage_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> SourceFile:
    found = delimited.inspect(path)
    parameters: dict[str, object] = {
        "path": _literal_path(path),
        "columns": {f"c{position}": "VARCHAR" for position in range(1, len(found.headings) + 1)},
        "delimiter": found.delimiter,
    }
    try:
        connection.execute(_READ_CSV, parameters)
    except duckdb.Error as error:
        storage = versions.storage_fault(error, path.parent)
        raise storage or InputFault(_why_not_read(connection, path, parameters)) from None
    named = delimited.DELIMITERS[found.delimiter]
    return _staged(connection, path, "csv", found.headings, found.sha256, named, found.encoding)


def _staged(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    kind: Format,
    headings: tuple[str, ...],
    digest: str,
    delimiter: str = "",
    encoding: str = "",
) -> SourceFile:
    """Name the staged text and lay the view over it; nothing is copied."""
    rows = int(connection.table(STAGED).count("*").fetchall()[0][0])
    if rows == 0:
        drop(connection, STAGED)
        raise delimited.empty(path.name)
    view = lay_view(connection, stem(path), headings)
    return SourceFile(path, stem(path), view, kind, headings, rows, digest, delimiter, encoding, headings=headings)


def _why_not_read(connection: duckdb.DuckDBPyConnection, path: Path, parameters: dict[str, object]) -> list[Fault]:
    """Read again, counting what cannot be read, so that the fault can say how many rows and why.

    DuckDB keeps the rejected lines in a table of the session; it is dropped before this returns.
    """
    try:
        connection.execute(_COUNT_REJECTED, parameters)
        rejected = connection.execute(_REJECTED).fetchall()
    except duckdb.Error:
        rejected = []
    finally:
        drop(connection, "rejected_rows", "rejected_files", "staged_text")
    faults = []
    for kind, rows in rejected:
        if kind == "INVALID ENCODING":
            faults.append(delimited.not_utf8(path))
        elif kind in _REJECTED_RULES:
            rule, remedy = _REJECTED_RULES[kind]
            faults.append(Fault(path.name, rule, remedy, int(rows)))
    return faults or [
        Fault(
            path.name,
            "cannot be read as CSV: line endings or quotation marks are mixed",
            "Open it and save it again as 'CSV UTF-8'",
        )
    ]


def _literal_path(path: Path) -> str:
    """Return the path so that DuckDB reads this one file even where its name holds wildcards."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.resolve()))
