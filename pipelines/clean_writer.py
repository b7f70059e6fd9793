"""The script of a process that writes a version from nothing but what the version holds.

It starts with an empty memory, imports nothing of this package, and is handed the tables as Parquet, which has no
room between values; `clean_copy` says why. It is told in lines of JSON what to write: the first names the file, each
brings statements, the last says so. It answers in one line, empty or the kind of error and its words. It ends when
the process that started it does.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from queue import SimpleQueue
from typing import Any

import duckdb

Order = Mapping[str, Any]


def write(orders: Iterator[Order]) -> None:
    """Make a new DuckDB file with the statements, which read the working folder; duckdb.Error if they fail."""
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
            for statement in order["statements"]:
                connection.execute(statement)
            if order["is_last"]:
                break
            order = next(orders)
        connection.commit()
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def main() -> None:
    """Wait for the orders, carry them out, and say how it went."""
    os.umask(0o077)
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    answer = ""
    try:
        write(json.loads(line) for line in iter(lines.get, None))
    except (duckdb.Error, OSError) as error:
        answer = json.dumps([type(error).__name__, str(error)])
    print(answer, flush=True)


def _listen(lines: SimpleQueue[str]) -> None:
    """Pass on what the other side says, and end with it."""
    for line in sys.stdin:
        lines.put(line)
    os._exit(1)


if __name__ == "__main__":
    main()
