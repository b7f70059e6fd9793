"""Has a finished version written by a process that never saw anything else, so that nothing else can be in the file.

DuckDB does not wipe the memory it takes for a block, and writes whole blocks: in 5 of 80 files of one build the unused
end of a block held identifiers of what was loaded, from rows the same process had dropped (DuckDB 2.0, 2026). No query
shows them, but whoever has the file can read them; in a release they could be true counts. So whatever has worked with
raw values or true counts hands its finished tables over as Parquet, value by value, and a fresh process makes the file.
What is worked out from such tables alone may be worked out there (`clean_connection`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from pipelines import clean_writer, versions
from pipelines.sql_text import literal, quoted

_TABLES = """
    select table_name, sql, comment
    from duckdb_tables()
    where not temporary and not internal and database_name = current_database()
    order by table_oid
"""
_COMMENTS = """
    select columns.table_name, column_name, columns.comment
    from duckdb_columns() as columns
    join duckdb_tables() as tables using (table_oid)
    where not temporary and not columns.internal and columns.database_name = current_database()
        and tables.database_name = current_database() and columns.comment is not null
    order by table_oid, column_index
"""
_HAND_OVER = Template("copy $rows to $file (format parquet, compression lz4, dictionary_size_limit 1000)")
_TAKE = Template("insert into $table select * from read_parquet($file)")
_COMMENT = Template("comment on $what $name is $text")
_PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "HOME", "LANG", "TZ")


class CleanCopy:
    """A fresh process in the empty folder `folder` that waits for the tables of one version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "spill").mkdir(mode=0o700)
        self._process = subprocess.Popen(
            [sys.executable, "-P", clean_writer.__file__],
            cwd=folder,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to_it, self._from_it = self._process.stdin, self._process.stdout
        self._handed_over: list[str] = []
        self._files = 0
        self._places: dict[Path, str] = {}

    @property
    def process_id(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    def hand_over(self, con: duckdb.DuckDBPyConnection, names: Collection[str] | None = None) -> Iterator[list[str]]:
        """Write stored tables of `con` into the folder; yield, table by table, the statements that make it again.

        These are the tables `names`, by default every one that was not handed over before.
        """
        comments: dict[str, list[str]] = {}
        for name, column, comment in con.execute(_COMMENTS).fetchall():
            full_name = f"{quoted(name)}.{quoted(column)}"
            text = _COMMENT.substitute(what="column", name=full_name, text=literal(comment))
            comments.setdefault(name, []).append(text)
        for name, make, comment in con.execute(_TABLES).fetchall():
            if name in self._handed_over or (names is not None and name not in names):
                continue
            table = quoted(name)
            self._handed_over.append(name)
            file = self._write(con, table)
            statements = [str(make), _TAKE.substitute(table=table, file=literal(file))]
            if comment is not None:
                statements.append(_COMMENT.substitute(what="table", name=table, text=literal(comment)))
            if name in comments:
                statements.append("; ".join(comments[name]))
            yield statements

    def hand_over_rows(self, con: duckdb.DuckDBPyConnection, select: str) -> str:
        """Write the rows of a query of `con` into the folder, in their order, and return the name of the file."""
        return self._write(con, f"({select})")

    def _write(self, con: duckdb.DuckDBPyConnection, rows: str) -> str:
        file = f"{self._files}.parquet"
        self._files += 1
        hand_over = _HAND_OVER.substitute(rows=rows, file=literal(str(self.folder / file)))
        con.execute(hand_over)
        return file

    def begin(self, target: Path, statements: list[str], memory_limit: str) -> None:
        """Have the new file `target` begun with what was handed over so far, and do not wait for it."""
        self.order(target, memory_limit, statements=statements)

    def order(self, target: Path, memory_limit: str, **what: object) -> None:
        """Tell the process what to do next for the file `target`, as `clean_writer` puts it, and do not wait for it."""
        with suppress(BrokenPipeError):  # it has ended by now, and has said why
            self._tell({"target": target, "memory_limit": memory_limit, **what})

    def write(self, target: Path, statements: list[str], memory_limit: str) -> None:
        """Have the new file `target` made of what was handed over; InputFault for a full disk, else RuntimeError."""
        with suppress(BrokenPipeError):  # it may have failed and ended by now, and says why
            self.send(target, statements, memory_limit)
        try:
            self.answer(target)
        except duckdb.Error as error:
            kind = type(error).__name__
            raise RuntimeError(f"the process that writes the finished file ended early ({kind})") from None

    def send(self, target: Path, statements: list[str], memory_limit: str) -> None:
        """Tell the process that these are the last statements for the file `target`; BrokenPipeError if it is gone."""
        self._tell({"target": target, "memory_limit": memory_limit, "statements": statements, "is_last": True})

    def answer(self, target: Path) -> list[tuple[Any, ...]]:
        """Return the rows the process was asked for; InputFault for a full disk, duckdb.Error, or RuntimeError."""
        line = self._from_it.readline()
        if not line:
            raise RuntimeError("the process that writes the finished file ended early (no answer)")
        found = json.loads(line)
        if "error" not in found:
            return [tuple(row) for row in found["rows"]]
        kind, words = found["error"]
        fault = versions.storage_fault(OSError(words), target.parent)
        if fault is not None:
            raise fault
        raise _error(kind)("in the process that writes the finished file")

    def _tell(self, order: dict[str, object]) -> None:
        target = order["target"]
        assert isinstance(target, Path)
        if target not in self._places:  # it is asked for with every statement
            self._places[target] = os.path.relpath(target.resolve(), self.folder)
        self._to_it.write(json.dumps(order | {"target": self._places[target]}) + "\n")
        self._to_it.flush()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def _error(name: str) -> type[duckdb.Error]:
    known = getattr(duckdb, name, None)
    return known if isinstance(known, type) and issubclass(known, duckdb.Error) else duckdb.Error


@contextmanager
def clean_copy(folder: Path) -> Iterator[CleanCopy]:
    """Yield a fresh process that waits in the new folder `folder`, and end it with the block."""
    folder.mkdir(mode=0o700)
    copy = CleanCopy(folder.resolve())
    try:
        yield copy
    finally:
        copy.end()
