"""Write a simulated program as the folder of files an organisation would export: the demonstration records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from pipelines import schema, warehouse
from pipelines.faults import Fault, InputFault
from pipelines.simulate import tables
from pipelines.simulate.parameters import SAMPLE, Parameters, Practice
from pipelines.simulate.population import Progress, Simulated, simulate

ITEMS_UP_TO = 20_000
"""Up to this many people single answers are written; beyond, every instrument comes as a reported total."""
TITLE = "Recovery coaching, demonstration"


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
) -> Simulated:
    """Write canonical files of `n` simulated people into `folder` and return the program with its truth.

    The same arguments give byte-identical files. Raises InputFault if the folder cannot be written.
    """
    tell = progress or (lambda _step, _share: None)
    program = simulate(n, seed, parameters, practice, progress=progress)
    items = tables.ITEMS_OF_SAMPLE if n <= ITEMS_UP_TO else ()
    compact = tables.compact(program, items)
    tell("tables", 0.7)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_tables(folder, compact, format, tell)
        (folder / "dataset.toml").write_text(
            f'title = "{TITLE}"\ndemonstration = true\nprogram = "Recovery coaching"\n', encoding="utf-8"
        )
    except OSError as error:
        raise InputFault(
            Fault(str(folder), f"the sample could not be written ({error.strerror})", "Choose another folder")
        ) from error
    return program


def _write_tables(
    folder: Path, compact: dict[str, pd.DataFrame], file_format: str, tell: Progress
) -> None:
    """Turn the compact tables into files through DuckDB, one file a canonical table."""
    connection = warehouse.memory_connection()
    try:
        names: Sequence[str] = [table.name for table in schema.loaded_tables()]
        for done, name in enumerate(names):
            connection.register(f"compact_{name}", compact[name])
            rows = connection.sql(warehouse.statement(f"simulate/sql/{name}.sql"))
            for other in ("csv", "parquet"):
                (folder / f"{name}.{other}").unlink(missing_ok=True)
            target = str(folder / f"{name}.{file_format}")
            if file_format == "csv":
                rows.write_csv(target)
            else:
                rows.write_parquet(target, compression="zstd")
            connection.unregister(f"compact_{name}")
            tell(name, 0.7 + 0.3 * (done + 1) / len(names))
    finally:
        connection.close()
