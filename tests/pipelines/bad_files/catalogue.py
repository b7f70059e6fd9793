"""Every bad file there is, family by family; a table of them is `python -m tests.pipelines.bad_files`."""

from __future__ import annotations

from collections import Counter
from types import ModuleType

from tests.pipelines.bad_files import (
    declarations,
    delimited,
    exports,
    file_names,
    headings,
    identifiers,
    instrument_files,
    letters,
    parquet_files,
    values,
    workbook_bombs,
    workbooks,
)
from tests.pipelines.bad_files.case import Case, Equal, KeptOut, Refused, Told, Warned

FAMILIES: dict[str, ModuleType] = {
    "encodings": letters,
    "delimiters, quotation marks and sizes": delimited,
    "headings": headings,
    "names of files, links and folders": file_names,
    "workbooks": workbooks,
    "workbooks that unpack too large": workbook_bombs,
    "Parquet": parquet_files,
    "FHIR and JSON": exports,
    "dataset.toml and mappings": declarations,
    "questionnaires of an organisation's own": instrument_files,
    "identifiers of people": identifiers,
    "values that cannot be": values,
}
CASES: dict[str, list[Case]] = {family: list(module.cases()) for family, module in FAMILIES.items()}
EVERY = 4
"""Every so many cases of a family are loaded with each run of the tests; `make validate` loads all of them."""
BOUND = 200
"""Megabytes that loading any of the large files may take beyond an empty load."""
OUTCOMES = (
    (Refused, "refused"),
    (KeptOut, "rows kept out"),
    (Warned | Told, "stored, and told"),
    (Equal, "read as it was meant"),
)


def table() -> str:
    """Return the catalogue as the page docs/bad_files.md."""
    heads = ["family", "files", *(name for _, name in OUTCOMES)]
    lines = [f"| {' | '.join(heads)} |", "| --- |" + " ---: |" * (len(heads) - 1)]
    total: Counter[str] = Counter()
    for family, cases in CASES.items():
        counts = Counter(name for case in cases for kinds, name in OUTCOMES if isinstance(case.outcome, kinds))
        counts["files"] = len(cases)
        total.update(counts)
        lines.append(f"| {family} | " + " | ".join(str(counts[name]) for name in heads[1:]) + " |")
    lines.append("| **all** | " + " | ".join(f"**{total[name]}**" for name in heads[1:]) + " |")
    return HEAD + "\n".join(lines) + "\n" + TAIL


HEAD = """# Bad files

Written by `python -m tests.pipelines.bad_files > docs/bad_files.md`; a test holds the page to the catalogue, and every
file of it is loaded by `make test`. Each is a small, good set of records of which one thing was spoiled.

"""
TAIL = f"""
What holds for every one of them:

- It is refused with the file, the rule and a remedy, or exactly its rows are kept out under one rule, or the same is
  stored as from the good files. Nothing else is raised.
- No text of its cells is in a message, a log, a summary or a stored table.
- The version in use stays as it was, to the byte.
- The memory it takes is bounded: the large ones among them (cells of ten megabytes, bombs, nesting without end, a
  hundred thousand columns) take less than {BOUND} MB beyond an empty load, measured in a process that did not
  write them.
"""
