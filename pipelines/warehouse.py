"""The only module of a running program that opens a DuckDB file: builds versions, hands out readers, reads SQL.

A reader holds one read-only connection for one version and takes a fresh cursor for every query,
because one connection shared by threads returns other threads' rows (measured: 5 of 800 calls).
A build works in memory; `clean_copy` has the file made, and `versions` says how it becomes the current one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines import private_folder, versions
from pipelines.block_frame import block_frame
from pipelines.clean_connection import CleanConnection, Connection
from pipelines.clean_copy import CleanCopy, clean_copy
from pipelines.faults import Fault, InputFault
from pipelines.progress import Progress, silent
from pipelines.sql_text import literal, quoted
from pipelines.versions import KINDS, Kind, current, home

__all__ = [
    "KINDS",
    "Build",
    "Kind",
    "Reader",
    "attach_records",
    "build",
    "building",
    "current",
    "facts_of",
    "home",
    "in_memory",
    "memory_connection",
    "open_records",
    "open_release",
    "quoted",
    "statement",
]

Parameters = Mapping[str, object] | Sequence[object] | None

MEMORY_SHARE = "60%"
"""Share of the memory DuckDB may use while building; the process grows some per cent beyond it."""
MEMORY_BESIDE = "20%"
"""Share that is left to the process that writes the file, while this one works, and to this one while that one does."""

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "lock_configuration": "true",
}
_COUNT = Template("SELECT $name, count(*) FROM main.$table")
_OPEN_ATTEMPTS = 5
_COMMANDS = {"records": "load", "release": "release"}


class Reader:
    """One version, read-only: safe to share between threads, because every query has its own cursor."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self.version = path.stem
        self._connection = connection

    def columns(self, sql: str, parameters: Parameters = None) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of a query's result: numbers as numbers (NaN for none), all else as objects (or None)."""
        with self._asked(sql, parameters) as result:
            found = result.fetchnumpy()
        return {name: _plain(values) for name, values in found.items()}

    def table(self, sql: str, parameters: Parameters = None) -> pd.DataFrame:
        """Return the result of a query as a table, its columns as those of `columns`."""
        return as_table(self.columns(sql, parameters))

    def rows(self, sql: str, parameters: Parameters = None) -> list[tuple[object, ...]]:
        """Return the result of a query as a list of rows."""
        with self._asked(sql, parameters) as result:
            return result.fetchall()

    @contextmanager
    def _asked(self, sql: str, parameters: Parameters) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield the result of a query; InputFault where the file turns out to be damaged or cut off."""
        cursor = self._connection.cursor()
        try:
            yield cursor.execute(sql, parameters)
        except (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException) as error:
            kind = self.path.parent.name
            remedy = (
                f"Copy the whole {kind} folder again, or run `recovery-outcomes {_COMMANDS.get(kind, 'load')}` again"
            )
            raise InputFault(Fault(str(self.path), "is damaged or cut off", remedy)) from error
        finally:
            cursor.close()

    def close(self) -> None:
        """Close the version; a query after this raises."""
        self._connection.close()


def as_table(columns: Mapping[str, npt.NDArray[Any]]) -> pd.DataFrame:
    """Return columns of one length as a table that shares them: numbers and objects as they are."""
    # Many times faster than `df()` for the small results of a page, whose extension types are slow to filter besides.
    blocks = [(one.reshape(1, -1), np.array([place])) for place, one in enumerate(columns.values())]
    return block_frame(blocks, pd.Index(list(columns), dtype=object))


def _plain(fetched: npt.NDArray[Any] | pd.Categorical) -> npt.NDArray[Any]:
    """Return a fetched column without a mask: NaN where a number is missing, None where anything else is."""
    values: npt.NDArray[Any] = np.asarray(fetched)
    missing = np.ma.getmaskarray(fetched) if isinstance(fetched, np.ma.MaskedArray) else None
    if values.dtype.kind in "iuf":
        return values if missing is None else np.where(missing, np.nan, values)
    if values.dtype == bool and missing is None:
        return values
    objects = values.astype(object)
    objects[pd.isna(objects) if missing is None else missing] = None
    return objects


def open_records(home: Path) -> Reader:
    """Open the current records, read-only; InputFault before the first load or if they cannot be read."""
    return _open_current(home, "records")


def open_release(home: Path) -> Reader:
    """Open the current release, read-only and locked against any other file.

    Raises InputFault before the first release, or if the file is not the one that was released.
    """
    return _open_current(home, "release")


@dataclass(frozen=True, slots=True)
class Build:
    """A version that is being made: the connection to work on, and the process that will write its file."""

    connection: duckdb.DuckDBPyConnection
    clean: CleanConnection
    _copy: CleanCopy
    _target: Path
    _memory_limit: str

    def hand_over(self, names: Collection[str] | None = None) -> None:
        """Have the tables `names`, which must not change any more, written while work on the others goes on.

        These are by default all that were not handed over yet.
        """
        for statements in self._copy.hand_over(self.connection, names):
            self._copy.begin(self._target, statements, MEMORY_BESIDE)

    def go_on_there(self) -> None:
        """Let the process that writes the file have the memory and the threads that this one had, which then waits."""
        ((threads,),) = self.connection.execute("SELECT current_setting('threads')").fetchall()
        self.connection.execute("SET memory_limit = $limit", {"limit": MEMORY_BESIDE})
        self.clean.execute("SET memory_limit = $limit", {"limit": self._memory_limit})
        self.clean.execute("SET threads = $threads", {"threads": threads})

    def row_counts(self) -> dict[str, int]:
        """Count the rows of every table that is stored here or was made there."""
        counts = _row_counts(self.connection)
        if self.clean.is_used:
            counts |= _row_counts(self.clean)
        return counts


@contextmanager
def build(
    home: Path,
    kind: Kind,
    *,
    verify: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
    memory_limit: str = MEMORY_SHARE,
    progress: Progress | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to a new file as `building` does."""
    with building(home, kind, verify=verify, memory_limit=memory_limit, progress=progress) as made:
        yield made.connection


@contextmanager
def building(
    home: Path,
    kind: Kind,
    *,
    verify: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
    memory_limit: str = MEMORY_SHARE,
    progress: Progress | None = None,
) -> Iterator[Build]:
    """Yield a connection to a new file; when the block ends well the file becomes the current version.

    `verify` is given the finished file, opened read-only, and raises if it must not be published.
    `memory_limit` is DuckDB's (a size or a percentage); `progress` is told each step of publishing.
    If anything fails the new file is removed and the current version stays as it was. Raises
    InputFault if another build is under way, the disk is full or the folder cannot be written.
    """
    tell = progress or silent
    folder = versions.prepare(home, kind)
    with versions.locked(folder, kind):
        try:
            versions.remove_leftovers(folder)
            target = versions.next_version(folder, kind)
            unfinished = folder / f"building-{target.name}"
            with clean_copy(unfinished.with_suffix(".tables")) as copy:
                with _working_connection(unfinished.with_suffix(".spill"), memory_limit) as connection:
                    # A load shuts its connection off from files as soon as it has read them.
                    connection.execute("SET allowed_directories = [$folder]", {"folder": str(copy.folder)})
                    clean = CleanConnection(copy, unfinished, MEMORY_BESIDE)
                    made = Build(connection, clean, copy, unfinished, memory_limit)
                    yield made
                    tell("handing over what was stored", 0.92)
                    counts = made.row_counts()
                    made.hand_over()
                tell("writing the file", 0.94)
                copy.write(unfinished, [], MEMORY_BESIDE)
            _verify(unfinished, counts, verify)
            tell("publishing the new version", 0.97)
            versions.publish(unfinished, target, kind)
            versions.remove_leftovers(folder)
        except BaseException as error:
            versions.remove_leftovers(folder)
            fault = None if isinstance(error, InputFault) else versions.storage_fault(error, folder)
            if fault is not None:
                raise fault from None
            raise


def attach_records(con: duckdb.DuckDBPyConnection, home: Path, name: str) -> bool:
    """Attach the current records of `home`, read-only, to a build as the database `name`; False if there are none."""
    path = current(home, "records")
    if path is None:
        return False
    attach = " ".join(("ATTACH", literal(str(path)), "AS", quoted(name), "(READ_ONLY)"))
    con.execute(attach)
    return True


def facts_of(path: Path) -> dict[str, str]:
    """Return the facts that a version of the records states of itself; none of one that is damaged or gone by now."""
    try:
        connection = _connect_for_reading(path)
    except duckdb.Error:  # a new load has to go on: it is the remedy for a damaged version
        return {}
    try:
        return {str(key): str(value) for key, value in connection.execute("SELECT key, value FROM dataset").fetchall()}
    finally:
        connection.close()


@contextmanager
def in_memory(memory_limit: str = MEMORY_SHARE) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to an empty database in memory, set up as a build is; nothing of it outlives the block.

    What does not fit into `memory_limit` goes to a private folder that is removed with the block.
    """
    with private_folder.private_folder() as folder, _working_connection(folder / "spill", memory_limit) as connection:
        yield connection


def memory_connection(memory_limit: str = MEMORY_SHARE) -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty database in memory, set up as a build is, that its taker closes.

    What does not fit into `memory_limit` goes to a private folder that is removed when the process ends.
    """
    private_folder.remove_leftovers()  # they may hold text of records
    connection = duckdb.connect(":memory:")
    _set_up(connection, private_folder.until_the_end(), memory_limit)
    return connection


@cache
def statement(package_path: str) -> str:
    """Return the text of a packaged SQL file, `statement("sql/mart_episodes.sql")`; FileNotFoundError if none."""
    return resources.files("pipelines").joinpath(package_path).read_text(encoding="utf-8")


def _open_current(home: Path, kind: Kind) -> Reader:
    """Open what CURRENT names; look again if that version was pruned in between."""
    named = versions.pointer(home, kind)
    for _ in range(_OPEN_ATTEMPTS):
        if named is None:
            raise InputFault(
                Fault(
                    str(home / kind),
                    f"there are no {kind} yet" if kind == "records" else "there is no release yet",
                    f"Run `recovery-outcomes {_COMMANDS[kind]}` first",
                )
            )
        path = home / kind / f"{named[0]}.duckdb"
        try:
            if named[1] is not None and versions.sha256(path) != named[1]:
                raise InputFault(
                    Fault(
                        str(path),
                        "is not the file that was released",
                        "Copy the whole release folder again, or run `recovery-outcomes release`",
                    )
                )
            return Reader(path, _connect_for_reading(path))
        except (OSError, duckdb.Error):
            seen, named = named, versions.pointer(home, kind)
            if named == seen:
                break
    raise InputFault(
        Fault(
            str(home / kind),
            f"the current {kind} file cannot be opened",
            f"Check that your account may read it, else run `recovery-outcomes {_COMMANDS[kind]}` again",
        )
    )


def _connect_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a finished file so that it can reach no other file and its settings cannot be changed."""
    return duckdb.connect(str(path), read_only=True, config=_LOCKED)


@contextmanager
def _working_connection(spill: Path, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to an empty database in memory whose overflow goes to the new folder `spill`."""
    spill.mkdir(mode=0o700)
    connection = duckdb.connect(":memory:")
    try:
        _set_up(connection, spill, memory_limit)
        yield connection
    finally:
        connection.close()


def _set_up(connection: duckdb.DuckDBPyConnection, spill: Path, memory_limit: str) -> None:
    """No progress bar on the output, no extension from the network, no Python variable read as a table.

    Insertion order is kept: the number of a staged row is its place in the file.
    """
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET memory_limit = $limit", {"limit": memory_limit})
    connection.execute("SET temp_directory = $folder", {"folder": str(spill)})


def _row_counts(connection: Connection) -> dict[str, int]:
    """Count the rows of every stored table; reads no rows, only what DuckDB notes of each table."""
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE NOT temporary AND NOT internal AND database_name = current_database() ORDER BY table_name"
    ).fetchall()
    if not names:
        return {}
    counts = " UNION ALL ".join(_COUNT.substitute(name=literal(name), table=quoted(name)) for (name,) in names)
    return {str(name): int(rows) for name, rows in connection.execute(counts).fetchall()}


def _verify(building: Path, counts: dict[str, int], verify: Callable[[duckdb.DuckDBPyConnection], None] | None) -> None:
    """Open the finished file as a reader will and compare; RuntimeError if it is not what was written."""
    log = Path(f"{building}.wal")
    if log.exists():
        raise RuntimeError("the write-ahead log was not folded into the file")
    connection = _connect_for_reading(building)
    try:
        if _row_counts(connection) != counts:
            raise RuntimeError("the file read back holds other rows than were written")
        if verify is not None:
            verify(connection)
    finally:
        connection.close()
    os.chmod(building, 0o600)
