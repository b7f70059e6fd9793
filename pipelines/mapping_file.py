"""The grammar of a mapping: how the files of one source become the canonical tables. One TOML file each.

    [mapping]
    id = "our_export"                 # letters, digits and _
    label = "Export of our system"
    description = "..."               # optional
    instruments = "folder"            # optional: folder beside this file with instruments of your own
    extends = "other"                 # optional: a packaged mapping, or other.toml beside this file, of which
                                      # this one says only what differs; keys given here replace those there

    [dataset]                         # optional: what the dashboard says of the records
    title = "..."
    demonstration = true
    program = "..."

    [settings]                        # optional
    contact_types = ["other"]         # further event types that count as contact for the gap rule

    [views.visits]                    # optional, as many as needed, in order
    sql = "visits.sql"                # file beside this one: one SELECT; it reads source_<file> and view_<name>
    needs = ["visit_log"]             # the files (names without ending) and earlier views it reads

    [tables.sessions]                 # any canonical table an organisation's files fill
    from = "visits"                   # a view, or a file by its name without ending
    optional = true                   # no fault if the file is not there; default false
    where = { project = ["51"] }      # optional: keep rows whose column holds one of these texts

    [tables.sessions.columns]         # incoming name = where it comes from; without this table: the same names
    session_id = "visit_number"                                       # a column, as it is
    kind = { constant = "coaching" }                                  # one text for all rows
    status = { from = "what", values = { yes = "attended" }, other = "unknown", empty = "unknown" }
    occurred_date = { from = "study_day", day_origin = "2014-01-01" } # whole days after a date

Headings are matched whatever their capitals. `values` compares the whole cell without spaces around it;
a cell it does not name becomes `other`, or stays as it is where `other` is not given; an empty cell
becomes `empty`, or stays empty. What cannot be read is left for the checks, which quarantine its row.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from pipelines import schema
from pipelines.faults import Fault, InputFault

PACKAGED = Path(str(resources.files("pipelines"))) / "mappings"
_NAME = re.compile(r"[a-z0-9_]+")
_KEYS = {
    "": ("mapping", "dataset", "settings", "views", "tables"),
    "mapping": ("id", "label", "description", "instruments", "extends"),
    "dataset": ("title", "demonstration", "program"),
    "settings": ("contact_types",),
    "view": ("sql", "needs"),
    "table": ("from", "optional", "where", "columns"),
    "cell": ("from", "constant", "values", "other", "empty", "day_origin"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one incoming cell comes from; exactly one of `column` and `constant` is given."""

    column: str | None = None
    constant: str | None = None
    values: AbstractMapping[str, str] = field(default_factory=dict)
    other: str | None = None
    empty: str | None = None
    day_origin: date | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A SELECT over staged files and earlier views: its name, its file and text, and what it reads."""

    name: str
    file: str
    sql: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableRule:
    """How one canonical table is filled; `cells` is None where incoming names and headings are the same."""

    table: str
    source: str
    optional: bool = False
    where: AbstractMapping[str, tuple[str, ...]] = field(default_factory=dict)
    cells: AbstractMapping[str, Cell] | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """One mapping, read and checked; `file` is its file's name, for messages."""

    file: str
    mapping_id: str
    label: str
    description: str
    views: tuple[View, ...]
    tables: tuple[TableRule, ...]
    contact_types: tuple[str, ...]
    dataset: AbstractMapping[str, str]
    instruments: Path | None


def packaged_names() -> list[str]:
    """Return the names of the mappings that come with the product."""
    return sorted(path.stem for path in PACKAGED.glob("*.toml"))


def read_mapping(named: str | Path) -> Mapping:
    """Return the packaged mapping of this name, else the mapping file at this path.

    Raises InputFault naming the file, the key and the remedy of everything that is wrong with it.
    """
    path = _find(named)
    content = _content(path)
    head = content.get("mapping")
    extended = head.get("extends") if isinstance(head, dict) else None
    if extended is None:
        return _Reading(path, (path.parent,)).read(content)
    beside = path.parent / f"{extended}.toml"
    ground = beside if beside.is_file() else _find(str(extended))
    lower = _content(ground)
    if "extends" in lower.get("mapping", {}):
        raise InputFault(Fault(f"{path.name}, mapping.extends", f"{ground.name} extends another itself", "Extend that"))
    return _Reading(path, (path.parent, ground.parent)).read(_laid_over(lower, content))


def _find(named: str | Path) -> Path:
    packaged = PACKAGED / f"{named}.toml"
    if _NAME.fullmatch(str(named)) and packaged.is_file():
        return packaged
    path = Path(named)
    if path.is_file() and path.suffix == ".toml":
        return path
    names = ", ".join(packaged_names())
    raise InputFault(
        Fault(str(named), "is neither a mapping of this product nor a mapping file", f"Choose {names}, or a .toml file")
    )


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputFault(Fault(path.name, f"is not TOML: {error}", "Correct the line named")) from None


def _laid_over(ground: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """Return `ground` with what `upper` says in its place, down to single keys; views keep their order."""
    both = {key: value for key, value in ground.items() if key in upper}
    laid = {
        key: _laid_over(value, upper[key]) if isinstance(value, dict) and isinstance(upper[key], dict) else upper[key]
        for key, value in both.items()
    }
    return {**ground, **laid, **{key: value for key, value in upper.items() if key not in ground}}


class _Reading:
    """Reads one mapping and gathers what is wrong with it; files beside it are looked up in `folders`, in order."""

    def __init__(self, path: Path, folders: tuple[Path, ...]) -> None:
        self.path = path
        self.folders = folders
        self.faults: list[Fault] = []

    def read(self, content: dict[str, Any]) -> Mapping:
        """Return the mapping; InputFault with everything that is wrong."""
        self._known_keys("", content, _KEYS[""])
        head = self._section(content, "mapping")
        dataset = self._section(content, "dataset", optional=True)
        settings = self._section(content, "settings", optional=True)
        mapping = Mapping(
            file=self.path.name,
            mapping_id=self._name("mapping.id", head.get("id")),
            label=self._text("mapping.label", head.get("label")),
            description=self._text("mapping.description", head.get("description", "")),
            views=tuple(self._view(name, entry) for name, entry in self._entries(content, "views")),
            tables=tuple(self._table(name, entry) for name, entry in self._entries(content, "tables")),
            contact_types=self._contact_types(settings.get("contact_types", [])),
            dataset=self._dataset(dataset),
            instruments=self._folder(head.get("instruments")),
        )
        self._views_come_first(mapping)
        if not mapping.tables:
            self._fault("tables", "fills no table", "Add at least [tables.participants] and [tables.episodes]")
        if self.faults:
            raise InputFault(self.faults)
        return mapping

    def _fault(self, key: str, rule: str, remedy: str) -> None:
        self.faults.append(Fault(f"{self.path.name}, {key}", rule, remedy))

    def _known_keys(self, key: str, content: AbstractMapping[str, Any], known: tuple[str, ...]) -> None:
        for name in content:
            if name not in known:
                at = f"{key}.{name}" if key else name
                self._fault(at, "is not a key of the grammar", f"Use one of {', '.join(known)}")

    def _section(self, content: dict[str, Any], name: str, *, optional: bool = False) -> dict[str, Any]:
        section = content.get(name, {} if optional else None)
        if not isinstance(section, dict):
            self._fault(name, "is missing or not a table", f"Write [{name}] and its keys below it")
            return {}
        self._known_keys(name, section, _KEYS[name])
        return section

    def _entries(self, content: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
        entries = content.get(name, {})
        if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
            self._fault(name, "is not a set of tables", f"Write [{name}.<name>] and its keys below it")
            return []
        return list(entries.items())

    def _name(self, key: str, value: object) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self._fault(key, "is missing or not a name", "Use small letters, digits and _")
        return ""

    def _text(self, key: str, value: object) -> str:
        if isinstance(value, str):
            return value
        self._fault(key, "is missing or not a text", 'Write a text in quotes: "..."')
        return ""

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            return tuple(value)
        self._fault(key, "is not a list of texts", 'Write a list: ["...", "..."]')
        return ()

    def _contact_types(self, value: object) -> tuple[str, ...]:
        types = self._texts("settings.contact_types", value)
        for name in types:
            if name not in schema.EVENT_TYPES:
                self._fault("settings.contact_types", f"{name} is no event type", "Use types of engagement_events")
        return types

    def _dataset(self, section: dict[str, Any]) -> dict[str, str]:
        if not isinstance(section.get("demonstration", False), bool):
            self._fault("dataset.demonstration", "is neither true nor false", "Write true or false, without quotes")
        texts: dict[str, str] = {
            key: self._text(f"dataset.{key}", section[key]) for key in ("title", "program") if key in section
        }
        if "demonstration" in section:
            texts["demonstration"] = "true" if section["demonstration"] is True else "false"
        return texts

    def _folder(self, value: object) -> Path | None:
        if value is None:
            return None
        folder = self._beside(self._name("mapping.instruments", value))
        if folder is None or not folder.is_dir():
            self._fault("mapping.instruments", "is no folder beside the mapping", "Name a folder that lies beside it")
        return folder

    def _beside(self, name: str) -> Path | None:
        """Return what is called `name` beside the mapping, or beside the one it extends; never elsewhere."""
        if not name or Path(name).name != name:
            return None
        return next((folder / name for folder in self.folders if (folder / name).exists()), None)

    def _view(self, name: str, entry: dict[str, Any]) -> View:
        key = f"views.{name}"
        self._name(key, name)
        self._known_keys(key, entry, _KEYS["view"])
        file = self._text(f"{key}.sql", entry.get("sql"))
        path = self._beside(file)
        sql = ""
        if path is None or path.suffix != ".sql" or not path.is_file():
            self._fault(f"{key}.sql", "is no .sql file beside the mapping", "Name a file that lies beside the mapping")
        else:
            sql = path.read_text(encoding="utf-8")
        return View(name, file, sql, self._texts(f"{key}.needs", entry.get("needs")))

    def _views_come_first(self, mapping: Mapping) -> None:
        names = [view.name for view in mapping.views]
        for place, view in enumerate(mapping.views):
            for need in view.needs:
                if need in names[place:]:
                    self._fault(f"views.{view.name}.needs", f"{need} comes later", "Put the view it needs above it")

    def _table(self, name: str, entry: dict[str, Any]) -> TableRule:
        key = f"tables.{name}"
        known = {table.name: table for table in schema.loaded_tables()}
        if name not in known:
            self._fault(key, "is no canonical table", f"Use one of {', '.join(known)}")
        self._known_keys(key, entry, _KEYS["table"])
        if not isinstance(entry.get("optional", False), bool):
            self._fault(f"{key}.optional", "is neither true nor false", "Write true or false, without quotes")
        where = entry.get("where", {})
        if not isinstance(where, dict):
            self._fault(f"{key}.where", "is not a set of columns", 'Write where = { column = ["text"] }')
            where = {}
        return TableRule(
            table=name,
            source=self._text(f"{key}.from", entry.get("from")),
            optional=entry.get("optional") is True,
            where={column: self._texts(f"{key}.where.{column}", texts) for column, texts in where.items()},
            cells=self._cells(key, known.get(name), entry.get("columns")),
        )

    def _cells(self, key: str, table: schema.Table | None, columns: object) -> dict[str, Cell] | None:
        if columns is None or table is None:
            return None
        if not isinstance(columns, dict):
            self._fault(f"{key}.columns", "is not a table", f"Write [{key}.columns] and its columns below it")
            return {}
        incoming = {str(column.incoming): column for column in table.incoming}
        self._known_keys(f"{key}.columns", columns, tuple(incoming))
        for name, column in incoming.items():
            if column.required and name not in columns:
                self._fault(f"{key}.columns", f"{name} is required and not mapped", f"Add {name} = ...")
        return {name: self._cell(f"{key}.columns.{name}", entry) for name, entry in columns.items()}

    def _cell(self, key: str, entry: object) -> Cell:
        if isinstance(entry, str):
            return Cell(column=entry)
        if not isinstance(entry, dict):
            self._fault(key, "is neither a column nor a rule", 'Write "column" or { from = "column", ... }')
            return Cell()
        self._known_keys(key, entry, _KEYS["cell"])
        if ("from" in entry) == ("constant" in entry):
            self._fault(key, "needs either from or constant", 'Write { from = "column" } or { constant = "text" }')
        if "constant" in entry and len(entry) > 1:
            self._fault(key, "constant stands alone", "Remove the other keys")
        if "other" in entry and "values" not in entry:
            self._fault(key, "other needs values", "Add values = { ... }, or remove other")
        if "day_origin" in entry and "values" in entry:
            self._fault(key, "values and day_origin exclude each other", "Keep one of the two")
        values = entry.get("values", {})
        if not isinstance(values, dict) or not all(isinstance(text, str) for text in values.values()):
            self._fault(f"{key}.values", "is not a set of texts", 'Write values = { theirs = "ours" }')
            values = {}
        texts = {
            name: self._text(f"{key}.{name}", entry[name])
            for name in ("from", "constant", "other", "empty")
            if name in entry
        }
        return Cell(
            texts.get("from"),
            texts.get("constant"),
            values,
            texts.get("other"),
            texts.get("empty"),
            self._date(f"{key}.day_origin", entry.get("day_origin")),
        )

    def _date(self, key: str, value: object) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._fault(key, "is not a date", 'Write it as "2014-01-31"')
            return None
