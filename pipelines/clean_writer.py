"""The script of a process that writes a version from nothing but what the version holds.

It starts with an empty memory, imports nothing of this package, and is handed the tables as Parquet, which has no
room between values; `clean_copy` says why. It is told in one line of JSON what to write and answers in one line,
empty or the kind of error and its words. It ends when the process that started it does.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Sequence

import duckdb


def write(target: str, memory_limit: str, statements: Sequence[str]) -> None:
    """Make a new DuckDB file `target` with the statements, which read the working folder; duckdb.Error if they fail."""
    connection = duckdb.connect(target)
    try:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET memory_limit = $limit", {"limit": memory_limit})
        connection.execute("SET temp_directory = 'spill'")
        connection.begin()
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def main() -> None:
    """Wait for the order, carry it out, and say how it went."""
    os.umask(0o077)
    order = sys.stdin.readline()
    if not order:
        return
    threading.Thread(target=_end_with_the_other_side, daemon=True).start()
    answer = ""
    try:
        write(**json.loads(order))
    except (duckdb.Error, OSError) as error:
        answer = json.dumps([type(error).__name__, str(error)])
    print(answer, flush=True)


def _end_with_the_other_side() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
