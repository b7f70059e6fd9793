"""The log of loads, outside the records: a date beside them would tell the date of their day 0."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
    with suppress(OSError):  # the records are published by now: a full disk or a folder of others must not deny it
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


def sentences(loads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one line per load for a person: when, which version, rows read and kept out, checks beyond their limit."""
    if not loads:
        return ["Nothing has been loaded yet."]
    lines = []
    for one in loads:
        found = one.get("checks", [])
        failed = sorted({str(each["check"]) for each in found if each["result"] in ("fail", "error")})
        beyond = f"; beyond the limit: {', '.join(failed)}" if failed else ""
        how = "added" if one.get("added") else "loaded"
        share = one["rows_quarantined"] / one["rows_in"] if one["rows_in"] else 0.0
        lines.append(
            f"{str(one['at'])[:10]} {one['version']}: {one['rows_in']:,} rows {how}, "
            f"{one['rows_quarantined']:,} kept out ({share:.1%}), {len(found)} checks found rows{beyond}"
        )
    return lines
