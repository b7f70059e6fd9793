"""Break about one row in 170 of simulated files, so that a benchmark of checks has something to find."""

from __future__ import annotations

from pathlib import Path

import duckdb

BROKEN = {
    "participants": {"gender": "'somebody'"},
    "episodes": {"enrolled_date": "''"},
    "sessions": {
        "scheduled_date": "'2024-13-45'",
        "minutes": "'9000'",
        "kind": "'singing'",
        "episode_id": "'E-99999999'",
        "session_id": "''",
    },
    "assessments": {
        "date": "'2024-02-30'",
        "total": "'999'",
        "rater": "'nobody'",
        "episode_id": "'E-99999999'",
    },
}
"""What stands in a column of one row in a thousand (in 2,000 for people and episodes), as SQL."""
REPEATED = ("sessions", "assessments")
"""Tables of which one row in a thousand stands in the file twice."""


def break_rows(folder: Path) -> None:
    """Write the files of `folder` again with broken rows, always the same ones."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    for name, columns in BROKEN.items():
        path, key = folder / f"{name}.csv", f"{name.removesuffix('s')}_id"
        rows = f"read_csv('{path}', all_varchar = true)"
        place, share = f"hash({key}) % 1000", 2 if name in REPEATED else 1
        replaced = ", ".join(
            f"case when {place} = {number} and hash({key}) // 1000 % 2 < {share} "
            f"then {value} else {column} end as {column}"
            for number, (column, value) in enumerate(columns.items())
        )
        query = f"select * replace ({replaced}) from {rows}"
        if name in REPEATED:
            query += f" union all select * from {rows} where {place} = {len(columns)}"
        connection.execute(f"copy ({query}) to '{folder / 'broken.csv'}' (header)")
        (folder / "broken.csv").replace(path)
    connection.close()
