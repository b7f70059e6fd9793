"""Write a simulated program as the folder of files an organisation would export: the demonstration records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pandas as pd

from pipelines import schema, warehouse
from pipelines.faults import Fault, InputFault
from pipelines.progress import Progress, silent
from pipelines.simulate import dirt as planting
from pipelines.simulate import tables, truth
from pipelines.simulate.dirt import Broken, Planted
from pipelines.simulate.parameters import SAMPLE, Parameters, Practice
from pipelines.simulate.population import Simulated, simulate
from pipelines.simulate.readme import readme

SMALL = 20_000
"""Up to this many people single answers are written, identifiers carry letters and broken rows are planted; beyond,
every instrument comes as a reported total, identifiers are plain numbers and no row is broken."""
TITLE = "Recovery coaching, demonstration"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the program with its truth, and the rows that a load must keep out."""

    program: Simulated
    planted: tuple[Planted, ...]


def write_sample(
    folder: Path,
    n: int,
    seed: int,
    format: Literal["csv", "parquet"] = "csv",  # noqa: A002
    dirt: bool = True,
    progress: Progress | None = None,
    *,
    parameters: Parameters = SAMPLE,
    practice: Practice | None = None,
    lettered: bool | None = None,
) -> Written:
    """Write canonical files of `n` simulated people into `folder`; with `dirt`, broken rows are planted.

    `lettered` says whether identifiers carry letters; where it is None the size decides (see `SMALL`). The same
    arguments give byte-identical files. Raises InputFault if the folder cannot be written and ValueError if `n` is
    too small to hold the planted rows.
    """
    tell = progress or silent
    program = simulate(n, seed, parameters, practice, progress=progress)
    compact = tables.compact(program, tables.ITEMS_OF_SAMPLE if n <= SMALL else ())
    broken = planting.broken_rows(program, compact) if dirt and n <= SMALL else {}
    known = n <= SMALL and parameters == SAMPLE and practice is None
    here = truth.record_truth(program, compact) if known else None
    rows = {name: len(compact[name]) + len(broken.get(name, ())) for name in compact}
    command = f"recovery-outcomes sample --people {n} --seed {seed} --format {format} --to FOLDER"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        codes = "lettered" if (n <= SMALL if lettered is None else lettered) else "plain"
        planted = _write_tables(folder, compact, broken, format, codes, tell)
        (folder / "README.md").write_text(readme(program, rows, planted, here, command), encoding="utf-8")
        (folder / "dataset.toml").write_text(
            f'title = "{TITLE}"\ndemonstration = true\nprogram = "Recovery coaching"\n', encoding="utf-8"
        )
    except (OSError, duckdb.IOException) as error:
        raise InputFault(
            Fault(str(folder), "the sample could not be written there", "Choose a folder you may write to")
        ) from error
    return Written(program, planted)


def _write_tables(
    folder: Path,
    compact: Mapping[str, pd.DataFrame],
    broken: Mapping[str, list[Broken]],
    file_format: str,
    codes: str,
    tell: Progress,
) -> tuple[Planted, ...]:
    """Turn the compact tables into files through DuckDB, one file a canonical table."""
    names = [table.name for table in schema.loaded_tables()]
    planted: list[Planted] = []
    connection = warehouse.memory_connection()
    try:
        connection.execute(warehouse.statement(f"simulate/sql/codes_{codes}.sql"))
        for done, name in enumerate(names):
            for other in ("csv", "parquet"):
                (folder / f"{name}.{other}").unlink(missing_ok=True)
            if compact[name].empty:
                continue  # a file without rows is refused by a load
            connection.register(f"compact_{name}", compact[name])
            rows = connection.sql(warehouse.statement(f"simulate/sql/{name}.sql"))
            if name in broken:
                before, found = planting.places(name, broken[name], len(compact[name]))
                planted += found
                rows = _with_planted(connection, rows, planting.planted_frame(name, broken[name]), before)
            target = str(folder / f"{name}.{file_format}")
            if file_format == "csv":
                rows.write_csv(target)
            else:
                rows.write_parquet(target)
            connection.unregister(f"compact_{name}")
            tell(name, 0.7 + 0.3 * (done + 1) / len(names))
    finally:
        connection.close()
    return tuple(planted)


def _with_planted(
    connection: duckdb.DuckDBPyConnection, rows: duckdb.DuckDBPyRelation, planted: pd.DataFrame, before: int
) -> duckdb.DuckDBPyRelation:
    """Return `rows` as text with the planted rows after the first `before` of them."""
    text = rows.project("columns(*)::varchar")
    return text.limit(before).union(connection.from_df(planted)).union(text.limit(2**62, offset=before))
