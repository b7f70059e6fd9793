"""The connection of the process that makes a version's file, used from here: what is executed is carried out there.

What is worked out from the stored tables alone needs nothing that only this process has. It is done where the tables
lie, so that neither they nor what comes of them are kept here, too, or travel. The statements and their parameters go
there, and what is asked comes back: facts of the stored tables, which hold nothing raw.
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from pipelines.sql_text import literal, quoted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from pipelines.clean_copy import CleanCopy

_COPY = Template("copy ($query) to $file (format parquet, compression lz4)")
_VIEW = Template("create or replace temp view $name as select * from read_parquet($file)")


class Connection(Protocol):
    """What the records need of a connection, be it of this process or of the one that makes the file."""

    def execute(self, query: str, parameters: Any = None, /) -> Any:
        """Carry out statements; `fetchall` of what this returns gives the rows of the last one."""

    def executemany(self, query: str, parameters: Any = None, /) -> Any:
        """Carry out a statement once per list of parameters."""

    def begin(self) -> Any:
        """Begin a transaction."""

    def commit(self) -> Any:
        """Make what was done since `begin` last."""


class CleanConnection:
    """The connection of the process behind `copy`, which makes the file `target` and may use `memory_limit` for it.

    Nothing is waited for but what `fetchall` asks: that also raises the duckdb.Error of whatever failed before it, and
    then nothing is kept of what was done since the last answer or `commit`. One transaction follows the other.
    """

    def __init__(self, copy: CleanCopy, target: Path, memory_limit: str) -> None:
        self._copy = copy
        self._target = target
        self._memory_limit = memory_limit
        self.is_used = False
        """Whether anything was executed there yet."""

    def execute(self, query: str, parameters: Any = None, /) -> CleanConnection:
        """Have statements carried out, with parameters that JSON can hold."""
        self._order(execute=query, parameters=parameters)
        return self

    def executemany(self, query: str, parameters: Any = None, /) -> CleanConnection:
        """Have a statement carried out once per list of parameters."""
        self._order(execute=query, each=parameters)
        return self

    def begin(self) -> None:
        """Do nothing: a transaction is under way."""

    def commit(self) -> None:
        """Have what was done so far kept, and the next transaction begun."""
        self._order(commit=True)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows of the last statement, and have all that was done so far kept.

        Raises InputFault for a full disk, duckdb.Error for anything else that failed.
        """
        self._order(fetch=True)
        return self._copy.answer(self._target)

    def arrow_table(self, query: str) -> pa.Table:
        """Return the result of a query without parameters, which is not held here row by row."""
        from pyarrow import parquet  # only a load needs it

        file = f"{uuid4().hex}.parquet"
        copy = _COPY.substitute(query=query, file=literal(file))
        self.execute(copy).fetchall()
        path = self._copy.folder / file
        try:
            return parquet.read_table(path)
        finally:
            path.unlink()

    def take(self, con: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
        """Hand the rows of a query over from `con`, in their order; there they are the TEMP view `name`."""
        file = self._copy.hand_over_rows(con, select)
        view = _VIEW.substitute(name=quoted(name), file=literal(file))
        self.execute(view)

    def _order(self, **what: object) -> None:
        self.is_used = True
        self._copy.order(self._target, self._memory_limit, **what)
