"""The facts the records state of themselves as a whole: title, period, key, mapping; no date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines import identifiers, keys, read, settings_file
from pipelines.faults import Fault, InputFault
from pipelines.map import MappedTables
from pipelines.questions import rule_of_new_episodes
from pipelines.warehouse import statement

SCHEMA_VERSION = "1"
"""Version of the canonical tables, written beside the records."""
_TEXTS = ("title", "program")
_LONGEST_TITLE = 80


def said(
    con: duckdb.DuckDBPyConnection, source: Path, mapped: MappedTables, known: Mapping[str, str]
) -> dict[str, str]:
    """Return what the mapping and the file dataset.toml beside the tables say of the records, else what was `known`."""
    path = (source if source.is_dir() else source.parent) / "dataset.toml"
    told: dict[str, object] = {}
    if path.is_file():
        if read.leads_out(path, path.parent.resolve()):
            remedy = "Copy the file itself into the folder"
            raise InputFault(Fault(path.name, "is a link that leads out of the folder", remedy))
        try:
            told = settings_file.settings(settings_file.content_of(path))
        except (OSError, settings_file.NotSettings) as error:
            rule = (
                error.rule("is not a TOML file") if isinstance(error, settings_file.NotSettings) else "cannot be read"
            )
            raise InputFault(Fault(path.name, rule, 'Write lines such as: title = "Our program"')) from None
    told = {**known, **told, **mapped.dataset}
    given = {name: "" if isinstance(text, dict | list) else str(text) for name, text in told.items()}
    texts = {name: given.get(name, "").strip()[:_LONGEST_TITLE] for name in _TEXTS}
    faults = [
        Fault(f"{path.name}, {name}", "is not a text", 'Write it in quotation marks: title = "Our program"')
        for name in _TEXTS
        if isinstance(told.get(name), dict | list)
    ]
    faults += [
        Fault(
            f"{path.name}, {name}",
            f"holds {identifiers.HIGH_PRECISION[rule]} ({rule})",
            "Choose a title without them; it is shown on every page",
        )
        for name, rule in identifiers.search_texts(con, "dataset", texts)
    ]
    if faults:
        raise InputFault(faults)
    demonstration = str(told.get("demonstration", False)).lower() == "true"
    new_episode = {"new_episode_after_days": str(told.get("new_episode_after_days", ""))}
    rule_of_new_episodes(new_episode, path.name)
    return texts | {"demonstration": "true" if demonstration else "false"} | new_episode


def found(
    con: duckdb.DuckDBPyConnection, key: keys.Key, mapped: MappedTables, contact_types: Sequence[str]
) -> dict[str, str]:
    """Return the facts the load itself knows of the records; the quarter is as near to a date as they come."""
    (records_to, first_cohort), *_ = con.execute(statement("sql/load_dataset.sql")).fetchall()
    return {
        "records_to": str(records_to),
        "first_cohort": str(first_cohort),
        "key_id": key.key_id,
        "schema_version": SCHEMA_VERSION,
        "mapping": mapped.mapping_id,
        "contact_types": ",".join(contact_types),
    }
