"""Files that a person adds in the browser: looked at, checked and loaded, and kept no longer than that takes.

The bytes are held by whoever calls; here they lie in a private folder for as long as one step runs. Names of files
are made harmless first. What comes back are counts, names of columns and faults, never a cell. Managers only.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines import read, recognise, redcap_dictionary, warehouse
from pipelines.column_profile import SourceProfile
from pipelines.faults import Fault, InputFault
from pipelines.instruments import Instrument, load_registry
from pipelines.load import load
from pipelines.mapping_file import read_mapping
from pipelines.private_folder import private_folder
from pipelines.progress import Progress, silent
from pipelines.propose import profiles
from pipelines.summary import LoadSummary

ENDINGS = ("csv", "tsv", "xlsx", "xlsm", "parquet", "ndjson", "json", "toml")
"""Endings of files that can be added; `.toml` is a mapping, a questionnaire, or dataset.toml."""
LONGEST_NAME = 80
_DATASET = "dataset.toml"
_MAPPING = "mapping.toml"
_ODD = re.compile(r"[^\w .()+-]+")
_DOTS = re.compile(r"\.{2,}")


@dataclass(frozen=True, slots=True)
class Upload:
    """One added file: its name as the browser gave it, and its bytes, of which no copy is made."""

    name: str
    content: bytes | memoryview = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """One file or sheet that was looked at: its name, columns and rows, and what to know or what is wrong with it."""

    name: str
    stem: str
    columns: int
    rows: int
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: every file or sheet, the profiles of those with rows, and what can be done without matching.

    `sources` are empty where nothing has to be matched; `fits` are packaged mappings the files fit; `mapping` is the
    text of a mapping that was added, empty if none; `registry` are the shipped questionnaires and the added ones.
    """

    files: tuple[Seen, ...]
    sources: tuple[SourceProfile, ...] = field(repr=False)
    fits: tuple[str, ...]
    mapping: str
    registry: Mapping[str, Instrument] = field(repr=False)


def look(uploads: Sequence[Upload], progress: Progress | None = None, *, match: bool = False) -> Look:
    """Look at added files without storing anything; InputFault with everything that is wrong with them.

    Columns are profiled where they have to be matched: no layout fits and no mapping was added, or `match` is set.
    """
    tell = progress or silent
    with _laid_out(uploads) as (folder, sorted_uploads), warehouse.in_memory() as connection:
        registry = load_registry(_instruments(folder))
        staged = read.stage(connection, folder, lambda step, share: tell(step, share / 2))
        files = redcap_dictionary.withhold(connection, staged)
        seen = tuple(
            Seen(file.name, file.stem, len(file.headings or file.columns), file.rows, file.notes, file.faults)
            for file in files
        )
        fits = () if sorted_uploads.mapping else recognise.recognise(connection, files)
        matched = match or not (fits or sorted_uploads.mapping)
        found = tuple(profiles(connection, files, lambda step, share: tell(step, (1 + share) / 2))) if matched else ()
    return Look(seen, found, fits, sorted_uploads.mapping, registry)


def packaged_text(name: str, extracted_on: date | None = None, title: str = "") -> str:
    """Return a mapping of a few lines that is a packaged one with the day of the export and a title for the records."""
    label = read_mapping(name).label
    day = f'\n[settings]\nextract_date = "{extracted_on.isoformat()}"\n' if extracted_on else ""
    said = f"\n[dataset]\ntitle = {_toml(title)}\n" if title else ""
    return f'[mapping]\nid = "{name}"\nlabel = {_toml(label)}\nextends = "{name}"\n{day}{said}'


def check(uploads: Sequence[Upload], mapping: str, home: Path, progress: Progress | None = None) -> LoadSummary:
    """Load added files through a mapping without changing anything, and return what a load would do; InputFault."""
    return _load(uploads, mapping, home, progress, dry_run=True)


def use(uploads: Sequence[Upload], mapping: str, home: Path, progress: Progress | None = None) -> LoadSummary:
    """Load added files through a mapping as the new version of the records, and return what was done; InputFault."""
    return _load(uploads, mapping, home, progress, dry_run=False)


def safe_name(name: str) -> str:
    """Return the name of a file without folders, control characters and signs, at most 80 characters long.

    A name that was only made of these becomes `file` with its ending.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", name))[-1]
    plain = "".join(" " if letter.isspace() else letter for letter in last if not _is_invisible(letter))
    plain = _DOTS.sub(".", _ODD.sub("_", plain)).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME] or "file"
    return f"{stem.strip(' .')[: LONGEST_NAME - len(ending) - 1] or 'file'}.{ending}"


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Added files by what they are: tables by harmless name, a mapping, questionnaires, facts of the records."""

    tables: Mapping[str, bytes | memoryview]
    mapping: str
    instruments: Mapping[str, bytes]
    dataset: bytes


def _load(
    uploads: Sequence[Upload], mapping: str, home: Path, progress: Progress | None, *, dry_run: bool
) -> LoadSummary:
    with _laid_out(uploads) as (folder, _), private_folder() as beside:
        path = beside / _MAPPING
        path.write_text(mapping, encoding="utf-8")
        return load(
            folder, home, mapping=path, instruments=_instruments(folder), dry_run=dry_run, progress=progress or silent
        )


@contextmanager
def _laid_out(uploads: Sequence[Upload]) -> Iterator[tuple[Path, _Sorted]]:
    """Yield a private folder that holds the added tables, and below it the added questionnaires."""
    kinds = _sort(uploads)
    with private_folder() as folder:
        for name, content in kinds.tables.items():
            (folder / name).write_bytes(content)
        if kinds.dataset:
            (folder / _DATASET).write_bytes(kinds.dataset)
        if kinds.instruments:
            own = folder / "instruments"
            own.mkdir(mode=0o700)
            for name, content in kinds.instruments.items():
                (own / name).write_bytes(content)
        yield folder, kinds


def _instruments(folder: Path) -> Path | None:
    own = folder / "instruments"
    return own if own.is_dir() else None


def _sort(uploads: Sequence[Upload]) -> _Sorted:
    tables: dict[str, bytes | memoryview] = {}
    instruments: dict[str, bytes] = {}
    mappings: list[str] = []
    dataset = b""
    faults: list[Fault] = []
    for upload in uploads:
        name = safe_name(upload.name)
        if not name.lower().endswith(".toml"):
            if name.lower() in {known.lower() for known in tables}:
                faults.append(Fault(name, "was added twice", "Remove one of the two, or rename it"))
            tables[name] = upload.content
            continue
        said = bytes(upload.content)
        try:
            content = tomllib.loads(said.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError):
            faults.append(
                Fault(name, "is not TOML", "Add a mapping, a questionnaire or dataset.toml as it was written")
            )
            continue
        if "mapping" in content or "tables" in content:
            mappings.append(said.decode("utf-8"))
        elif name == _DATASET:
            dataset = said
        else:
            instruments[name] = said
    if len(mappings) > 1:
        faults.append(Fault("Mappings", "more than one was added", "Remove all but one"))
    if not tables and not faults:
        faults.append(Fault("Files", "no file with records was added", "Add a CSV file, a workbook or a FHIR export"))
    if faults:
        raise InputFault(faults)
    return _Sorted(tables, mappings[0] if mappings else "", instruments, dataset)


def _is_invisible(letter: str) -> bool:
    """Tell whether a letter is a control or format character, which could turn a name around on the screen."""
    return unicodedata.category(letter).startswith("C")


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(" " if _is_invisible(letter) else letter for letter in escaped) + '"'
