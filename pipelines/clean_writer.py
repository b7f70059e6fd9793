"""The script of a process that writes a version from nothing but what the version holds.

It starts with an empty memory, imports nothing of this package, and is handed the tables as Parquet, which has no
room between values; `clean_copy` says why. It is told in lines of JSON what to do: the first names the file, each
brings `statements`, one to `execute` with parameters, a `commit`, or asks to `fetch` the rows of the last statement;
the last says so. It answers what it is asked, and the end, in one line: the rows, or the kind of error and its words.
It ends when the process that started it does.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from queue import SimpleQueue
from typing import Any

import duckdb

Order = Mapping[str, Any]
Answer = Callable[[Mapping[str, Any]], None]


def write(orders: Iterator[Order], answer: Answer) -> None:
    """Make a new DuckDB file as ordered, from the working folder; duckdb.Error for what failed and nobody asked of."""
    order = next(orders)
    connection = duckdb.connect(order["target"])
    try:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET memory_limit = $limit", {"limit": order["memory_limit"]})
        connection.execute("SET temp_directory = 'spill'")
        ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
        # The other half is for what is still being worked out meanwhile; one thread needs less time for the same, too.
        connection.execute("SET threads = $threads", {"threads": max(1, threads // 2)})
        connection.execute("SET write_buffer_row_group_count = 1")
        connection.begin()
        while True:
            try:
                _carry_out(connection, order, answer)
            except duckdb.Error as error:
                _tell_who_asks(error, order, orders, answer)
                connection.rollback()
                connection.begin()
            if order.get("is_last"):
                break
            order = next(orders)
        connection.commit()
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _carry_out(connection: duckdb.DuckDBPyConnection, order: Order, answer: Answer) -> None:
    for statement in order.get("statements", ()):
        connection.execute(statement)
    if "each" in order:
        connection.executemany(order["execute"], order["each"])
    elif "execute" in order:
        connection.execute(order["execute"], order["parameters"])
    rows = connection.fetchall() if "fetch" in order else None
    if rows is not None or "commit" in order:
        connection.commit()
        connection.begin()
    if rows is not None:
        answer({"rows": rows})


def _tell_who_asks(error: duckdb.Error, order: Order, orders: Iterator[Order], answer: Answer) -> None:
    """Carry nothing out until somebody asks, and answer with the error; raise it if the end comes first."""
    while "fetch" not in order:
        if order.get("is_last"):
            raise error
        order = next(orders)
    answer(_said(error))


def _said(error: Exception) -> Order:
    return {"error": [type(error).__name__, str(error)]}


def main() -> None:
    """Wait for the orders, carry them out, and say how it went."""
    os.umask(0o077)
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    try:
        write((json.loads(line) for line in iter(lines.get, None)), _answer)
    except (duckdb.Error, OSError) as error:
        _answer(_said(error))
    else:
        _answer({"rows": []})


def _answer(what: Mapping[str, Any]) -> None:
    print(json.dumps(what), flush=True)


def _listen(lines: SimpleQueue[str]) -> None:
    """Pass on what the other side says, and end with it."""
    for line in sys.stdin:
        lines.put(line)
    os._exit(1)


if __name__ == "__main__":
    main()
