"""Read one mapping file strictly: every key that is not of the grammar and every value that cannot be meant is named.

`mapping_file` documents the grammar; what is wrong is gathered, with the key and a remedy, before anything is raised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AbstractMapping
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import schema
from pipelines.faults import Fault, InputFault
from pipelines.mapping_rules import DATE_FORMS, NUMBER, Cell, Items, Mapping, TableRule, Unpivot, View, numbered
from pipelines.questions import NEW_EPISODE_AFTER

LARGEST_NUMBER = 1e15
"""Beyond it whole numbers are no longer told apart; what is no number at all is not below it either."""
NAME = re.compile(r"[a-z0-9_]+")
_REWRITES = ("values", "other", "empty", "day_origin", "dates", "missing", "times", "add", "optional")
_KEYS = {
    "": ("mapping", "dataset", "settings", "views", "tables"),
    "mapping": ("id", "label", "description", "instruments", "extends"),
    "dataset": ("title", "demonstration", "program", "new_episode_after_days"),
    "settings": ("contact_types", "missing", "extract_date"),
    "view": ("sql", "needs"),
    "unpivot": ("unpivot", "columns", "count", "number", "value", "date", "start", "every_days"),
    "table": ("from", "optional", "where", "filled", "first_per_key", "columns", "items"),
    "items": ("columns", "count", "values", "missing", "times", "add"),
    "cell": ("from", "join", "between", "prefix", "whole", "constant", "setting", *_REWRITES),
}


class Reading:
    """Reads one mapping and gathers what is wrong with it; files beside it are looked up in `folders`, in order."""

    def __init__(self, path: Path, folders: tuple[Path, ...]) -> None:
        self.path = path
        self.folders = folders
        self.faults: list[Fault] = []
        self.missing: tuple[str, ...] = ()
        self.extract_date: date | None = None

    def read(self, content: dict[str, Any]) -> Mapping:
        """Return the mapping; InputFault with everything that is wrong."""
        self._known_keys("", content, _KEYS[""])
        head = self._section(content, "mapping")
        dataset = self._section(content, "dataset", optional=True)
        settings = self._section(content, "settings", optional=True)
        self.missing = self._texts("settings.missing", settings.get("missing", []))
        self.extract_date = self._date("settings.extract_date", settings.get("extract_date"))
        mapping = Mapping(
            file=self.path.name,
            mapping_id=self._name("mapping.id", head.get("id")),
            label=self._text("mapping.label", head.get("label")),
            description=self._text("mapping.description", head.get("description", "")),
            views=tuple(self._view(name, entry) for name, entry in self._entries(content, "views")),
            tables=tuple(
                self._table(key, name, entry)
                for name, entries in self._tables(content)
                for key, entry in ((_key_of(name, place, len(entries)), each) for place, each in enumerate(entries))
            ),
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

    def _tables(self, content: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return the rules of each table: one, written [tables.name], or several, written [[tables.name]]."""
        entries = content.get("tables", {})
        rules = (
            {name: each if isinstance(each, list) else [each] for name, each in entries.items()}
            if isinstance(entries, dict)
            else {}
        )
        if not isinstance(entries, dict) or not all(isinstance(one, dict) for each in rules.values() for one in each):
            self._fault("tables", "is not a set of tables", "Write [tables.<name>] and its keys below it")
            return []
        return list(rules.items())

    def _name(self, key: str, value: object) -> str:
        if isinstance(value, str) and NAME.fullmatch(value):
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
        if "new_episode_after_days" in section:
            days = section["new_episode_after_days"]
            if isinstance(days, bool) or days not in NEW_EPISODE_AFTER:
                allowed = ", ".join(str(each) for each in NEW_EPISODE_AFTER if each is not None)
                self._fault("dataset.new_episode_after_days", "is not a declared number of days", f"Use {allowed}")
            texts["new_episode_after_days"] = str(days)
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
        if "unpivot" in entry:
            unpivot = self._unpivot(key, entry)
            return View(name, self.path.name, "", (unpivot.source,), unpivot)
        self._known_keys(key, entry, _KEYS["view"])
        file = self._text(f"{key}.sql", entry.get("sql"))
        path = self._beside(file)
        sql = ""
        if path is None or path.suffix != ".sql" or not path.is_file():
            self._fault(f"{key}.sql", "is no .sql file beside the mapping", "Name a file that lies beside the mapping")
        else:
            sql = path.read_text(encoding="utf-8")
        return View(name, file, sql, self._texts(f"{key}.needs", entry.get("needs")))

    def _unpivot(self, key: str, entry: dict[str, Any]) -> Unpivot:
        self._known_keys(key, entry, _KEYS["unpivot"])
        if ("date" in entry) != ("start" in entry):
            self._fault(key, "date and start belong together", 'Write date = "name" and start = "column", or neither')
        return Unpivot(
            source=self._text(f"{key}.unpivot", entry.get("unpivot")),
            columns=self._run_of_columns(key, entry),
            number=self._text(f"{key}.number", entry.get("number", "number")),
            value=self._text(f"{key}.value", entry.get("value", "value")),
            date=self._text(f"{key}.date", entry.get("date", "")),
            start=self._cell(f"{key}.start", entry["start"]) if "start" in entry else None,
            every_days=int(self._number(f"{key}.every_days", entry.get("every_days", 7))),
        )

    def _run_of_columns(self, key: str, entry: AbstractMapping[str, Any]) -> tuple[str, ...]:
        """Return the columns of `columns` and `count`: a list, or one name with {n} in it and how many there are."""
        named, count = entry.get("columns"), entry.get("count", 0)
        if isinstance(named, list):
            return self._texts(f"{key}.columns", named)
        if isinstance(named, str) and NUMBER in named and isinstance(count, int) and 1 <= count <= 999:
            return numbered(named, count)
        remedy = 'Write columns = ["...", "..."], or columns = "week {n}" with count = 12'
        self._fault(f"{key}.columns", "names no columns", remedy)
        return ()

    def _views_come_first(self, mapping: Mapping) -> None:
        names = [view.name for view in mapping.views]
        for place, view in enumerate(mapping.views):
            for need in view.needs:
                if need in names[place:]:
                    self._fault(f"views.{view.name}.needs", f"{need} comes later", "Put the view it needs above it")

    def _table(self, key: str, name: str, entry: dict[str, Any]) -> TableRule:
        known = {table.name: table for table in schema.loaded_tables()}
        if name not in known:
            self._fault(key, "is no canonical table", f"Use one of {', '.join(known)}")
        self._known_keys(key, entry, _KEYS["table"])
        self._flag(f"{key}.optional", entry.get("optional", False))
        where = entry.get("where", {})
        if not isinstance(where, dict):
            self._fault(f"{key}.where", "is not a set of columns", 'Write where = { column = ["text"] }')
            where = {}
        rule = TableRule(
            table=name,
            source=self._text(f"{key}.from", entry.get("from")),
            optional=entry.get("optional") is True,
            where={column: self._texts(f"{key}.where.{column}", texts) for column, texts in where.items()},
            filled=self._texts(f"{key}.filled", entry.get("filled", [])),
            first_per_key=self._flag(f"{key}.first_per_key", entry.get("first_per_key", False)),
            cells=self._cells(key, known.get(name), entry.get("columns")),
            items=self._items(f"{key}.items", entry["items"]) if "items" in entry else None,
            missing=self.missing,
        )
        if rule.items and (name != "assessments" or rule.cells is None):
            self._fault(f"{key}.items", "belongs to assessments with columns", "Move it to such a rule")
        return rule

    def _items(self, key: str, entry: object) -> Items:
        if not isinstance(entry, dict):
            self._fault(key, "is not a table", f"Write [{key}] and its keys below it")
            return Items((), Cell())
        self._known_keys(key, entry, _KEYS["items"])
        rewrites = {name: value for name, value in entry.items() if name in _REWRITES}
        return Items(self._run_of_columns(key, entry), self._cell(key, {"from": "", **rewrites}))

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
            return Cell(column=entry, missing=self.missing)
        if not isinstance(entry, dict):
            self._fault(key, "is neither a column nor a rule", 'Write "column" or { from = "column", ... }')
            return Cell()
        self._known_keys(key, entry, _KEYS["cell"])
        self._keys_go_together(key, entry)
        if "setting" in entry:
            return self._setting(key, entry["setting"])
        values = entry.get("values", {})
        if not isinstance(values, dict) or not all(isinstance(text, str) for text in values.values()):
            self._fault(f"{key}.values", "is not a set of texts", 'Write values = { theirs = "ours" }')
            values = {}
        texts = {
            name: self._text(f"{key}.{name}", entry[name])
            for name in ("from", "constant", "other", "empty", "between", "prefix")
            if name in entry
        }
        missing = self._texts(f"{key}.missing", entry["missing"]) if "missing" in entry else self.missing
        return Cell(
            column=texts.get("from"),
            constant=texts.get("constant"),
            joined=self._texts(f"{key}.join", entry.get("join", [])),
            between=texts.get("between", "-"),
            prefix=texts.get("prefix", ""),
            whole=self._flag(f"{key}.whole", entry.get("whole", False)),
            values=values,
            other=texts.get("other"),
            empty=texts.get("empty"),
            day_origin=self._date(f"{key}.day_origin", entry.get("day_origin")),
            dates=self._date_forms(f"{key}.dates", entry.get("dates", [])),
            missing=missing,
            times=self._number(f"{key}.times", entry.get("times", 1)),
            add=self._number(f"{key}.add", entry.get("add", 0)),
            optional=self._flag(f"{key}.optional", entry.get("optional", False)),
        )

    def _setting(self, key: str, value: object) -> Cell:
        """Return the constant a setting stands for; where it is not said, the step that maps asks for it."""
        if value != "extract_date":
            self._fault(f"{key}.setting", "is no setting a cell can take", 'Write setting = "extract_date"')
        return Cell(setting=str(value), constant=self.extract_date.isoformat() if self.extract_date else None)

    def _keys_go_together(self, key: str, entry: AbstractMapping[str, Any]) -> None:
        """Note keys of a cell that exclude or need each other."""
        if sum(name in entry for name in ("from", "join", "constant", "setting")) != 1:
            remedy = 'Write { from = "column" }, { join = ["column", "column"] } or { constant = "text" }'
            self._fault(key, "needs either from, join or constant", remedy)
        for name in ("constant", "setting"):
            if name in entry and len(entry) > 1:
                self._fault(key, f"{name} stands alone", "Remove the other keys")
        for name in ("between", "prefix", "whole"):
            if name in entry and "join" not in entry:
                self._fault(key, f"{name} needs join", f'Add join = ["column", "column"], or remove {name}')
        if "join" in entry and any(name in entry for name in _REWRITES if name != "optional"):
            self._fault(key, "joined columns are not rewritten", "Keep join, between, prefix and whole; or make a view")
        if "other" in entry and "values" not in entry:
            self._fault(key, "other needs values", "Add values = { ... }, or remove other")
        kinds = [name for name in ("values", "day_origin", "dates") if name in entry]
        kinds += ["times or add"] if "times" in entry or "add" in entry else []
        if len(kinds) > 1:
            self._fault(key, f"{' and '.join(kinds)} exclude each other", "Keep one of them")

    def _date_forms(self, key: str, value: object) -> tuple[str, ...]:
        forms = (value,) if isinstance(value, str) else self._texts(key, value)
        for form in forms:
            if form not in DATE_FORMS:
                self._fault(key, "is no form of a date", f"Use one or more of {', '.join(DATE_FORMS)}")
        return tuple(form for form in forms if form in DATE_FORMS)

    def _number(self, key: str, value: object) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
            return float(value)
        self._fault(key, "is not a number", "Write a number without quotes")
        return 0.0

    def _flag(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            self._fault(key, "is neither true nor false", "Write true or false, without quotes")
        return value is True

    def _date(self, key: str, value: object) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._fault(key, "is not a date", 'Write it as "2014-01-31"')
            return None


def _key_of(table: str, place: int, rules: int) -> str:
    """Return how messages call one of the rules of a table."""
    return f"tables.{table}" if rules == 1 else f"tables.{table}, rule {place + 1}"
