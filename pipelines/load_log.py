"""The log of loads, outside the records: a date beside them would tell the date of their day 0."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from pipelines.summary import LoadSummary

LOG = Path("log") / "loads.jsonl"


def note(home: Path, done: LoadSummary) -> None:
    """Note when what was loaded and what the checks found, as counts."""
    line: dict[str, object] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": done.version,
        "mapping": done.mapping,
        "added": done.added,
    }
    line |= {"rows_in": done.rows_in, "rows_stored": done.rows_stored, "rows_quarantined": done.rows_quarantined}
    line["checks"] = [
        {"check": one.rule, "table": one.table, "result": one.result, "rows": one.rows, "of_rows": one.of_rows}
        for one in done.rules
    ]
    folder = (home / LOG).parent
    folder.mkdir(mode=0o700, exist_ok=True)
    with (home / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line | {"seconds": round(done.seconds, 2)}) + "\n")


def read(home: Path) -> list[dict[str, object]]:
    """Return every load that was noted, oldest first; lines that cannot be read are left away."""
    try:
        lines = (home / LOG).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    loads = []
    for line in lines:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            loads.append(found)
    return loads
