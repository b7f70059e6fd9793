"""Loads one bad file as a dry run and listens: what was raised, said, logged and stored, what changed on the disk."""

from __future__ import annotations

import hashlib
import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import warehouse
from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.summary import LoadSummary
from tests.pipelines.bad_files.case import Case, KeptOut, Refused, Told, Warned
from tests.pipelines.bad_files.instrument_files import MANY
from tests.pipelines.raw_world import world, write

FOLLOWS = {"parent_in_quarantine", "link_in_quarantine"}
"""Rules under which rows go or are marked because another row went."""
OUR_OWN = ("dataset", "import_log", "quality_checks", "quarantine")
"""Stored tables that tell of the load, not of the people: they differ with the names and hashes of files."""


@dataclass
class Heard:
    """What came of a load: `fault` or `summary`, everything `said`, and every stored table with its rows."""

    fault: InputFault | None = None
    summary: LoadSummary | None = None
    said: str = ""
    tables: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, list[tuple[object, ...]]]:
        """The stored tables that tell of people."""
        return {name: rows for name, rows in self.tables.items() if name not in OUR_OWN}


class Installation:
    """A data folder with records and a key, against which every bad file is tried."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = folder / "home"
        self._patch = patch
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        source = write(folder / "in", world())
        load(source, self.home)
        self.good = self.try_load(source)
        self.standing = self._standing()
        assert len(self.good.people) > 15

    def try_load(self, source: Path, mapping: str = "", instruments: str = "") -> Heard:
        """Load as a dry run; only InputFault is caught."""
        heard = Heard()
        written, said = io.StringIO(), []
        with _listening(written), redirect_stdout(written), redirect_stderr(written), self._watched(heard):
            beside = source if source.is_dir() else source.parent
            named: str | Path | None = mapping or None
            if mapping.endswith(".toml"):
                named = beside / mapping
            try:
                heard.summary = load(
                    source,
                    self.home,
                    mapping=named,
                    instruments=beside.parent / instruments if instruments else None,
                    dry_run=True,
                    progress=lambda step, share: said.append(f"{step} {share}"),
                )
                said += [*heard.summary.sentences(), str(heard.summary.as_dict()), repr(heard.summary)]
            except InputFault as fault:
                heard.fault = fault
                said += [str(fault), repr(fault.faults), "".join(traceback.format_exception(fault))]
        heard.said = "\n".join([*said, written.getvalue()])
        return heard

    def is_untouched(self) -> bool:
        """Tell whether every file of the installation is as it was before the first bad file."""
        return self._standing() == self.standing

    def _standing(self) -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in (self.home, self.home.parent / "secret")
            for path in folder.rglob("*")
            if path.is_file()
        }

    @contextmanager
    def _watched(self, heard: Heard) -> Iterator[None]:
        """Look at what a dry run would have published before its database in memory is closed."""
        make = warehouse.in_memory

        @contextmanager
        def watched(*given: str) -> Iterator[_Watched]:
            with make(*given) as connection:
                watching = _Watched(connection, heard)
                try:
                    yield watching
                finally:
                    watching.look()

        with self._patch.context() as patch:
            patch.setattr(warehouse, "in_memory", watched)
            yield


class _Watched:
    """A connection whose tables are noted before it is closed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, heard: Heard) -> None:
        self._connection = connection
        self._heard = heard

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def look(self) -> None:
        """Note every stored table."""
        self._heard.tables = _stored(self._connection)


def judge(case: Case, folder: Path, at: Installation) -> None:
    """Write a case, load it, and assert what the catalogue says of it, and what holds for all."""
    judge_written(case, case.write(folder), folder, at)


def judge_written(case: Case, source: Path, folder: Path, at: Installation) -> None:
    """Load a case that is written already; `folder` is its own."""
    heard = at.try_load(source, case.mapping, case.instruments)
    assert at.is_untouched()
    shown = heard.said.replace(str(folder), "")
    assert_nowhere(case.secrets, shown)
    assert_nowhere(case.secrets, "\n".join(repr(rows) for rows in heard.tables.values()))
    outcome = case.outcome
    if isinstance(outcome, Refused):
        _assert_refused(heard, outcome)
        return
    assert heard.fault is None, heard.fault
    assert heard.summary is not None
    broken = {
        severity: {(one.rule, one.table): one.rows for one in heard.summary.rules if one.severity == severity}
        for severity in ("error", "warn")
    }
    kept_out = {
        (rule, table): rows
        for (rule, table), rows in broken["error"].items()
        if rows and rule not in FOLLOWS and not (rule.startswith("item_") and table == "assessments")
    }
    if isinstance(outcome, KeptOut):
        assert kept_out == {(outcome.rule, outcome.table): outcome.rows}
        return
    assert kept_out == {}
    if isinstance(outcome, Warned):
        assert broken["warn"].get((outcome.rule, outcome.table), 0) == outcome.rows
        return
    assert outcome.note in heard.said
    if isinstance(outcome, Told):
        return
    assert {name: sorted(map(repr, rows)) for name, rows in heard.people.items()} == {
        name: sorted(map(repr, rows)) for name, rows in at.good.people.items()
    }


def _assert_refused(heard: Heard, outcome: Refused) -> None:
    assert heard.fault is not None, "it was loaded"
    faults = heard.fault.faults
    assert any(
        outcome.where in fault.where
        and outcome.rule in f"{fault.where}: {fault.rule}"
        and outcome.rows in (None, fault.rows)
        for fault in faults
    ), heard.fault
    assert outcome.of in (MANY, len(faults)), heard.fault
    for fault in faults:
        assert fault.where.isprintable()
        assert fault.rule.isprintable()
        assert len(fault.remedy) > 5
        assert fault.remedy[0].isupper()


def assert_nowhere(secrets: tuple[str, ...], text: str) -> None:
    for secret in secrets:
        for spelled in (secret, secret.lower(), secret.upper(), repr(secret)[1:-1], ascii(secret)[1:-1]):
            assert spelled not in text


def _stored(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    names = connection.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    return {str(name): connection.execute(f'select * from "{name}"').fetchall() for (name,) in names}


@contextmanager
def _listening(to: io.StringIO) -> Iterator[None]:
    handler = logging.StreamHandler(to)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
