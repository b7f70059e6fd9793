"""No cell's value reaches a message, a log, a summary or the stored file. Attacker: a secret in every cell."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import schema, warehouse
from pipelines.cli import main
from pipelines.faults import InputFault
from pipelines.load import load
from tests.pipelines.raw_world import World, world, write

SECRET = "Zqxjkv"
"""A marker that no text of ours holds; every spoiled cell carries it, and its own place beside it."""

SHAPES = (
    "{secret}",
    " {secret} ",
    "{secret} Smith",
    "Mr {secret}",
    "{secret}@example.org",
    "{secret} 555-123-4567",
    "12 {secret} Street",
    "https://{secret}.org/x",
    "{secret}1234567890",
    "2025-01-15{secret}",
    "2025-01-15T{secret}",
    "45{secret}",
    "{secret}'; drop table people; --",
    '{secret}"\n,"x',
    "{secret}\u00e9",
    "\u3000{secret}\u200b",
    "{secret} " * 12,
    "{secret}" * 200,
    "=HYPERLINK({secret})",
)


def traces(secret: str = SECRET) -> list[bytes]:
    """The secret as it could be spelled by what handles it."""
    texts = {secret, secret.lower(), secret.upper()}
    return [text.encode() for text in texts] + [text.encode("utf-16-le") for text in texts]


def found(content: bytes) -> list[bytes]:
    return [trace for trace in traces() if trace in content]


@pytest.fixture
def listening() -> Iterator[io.StringIO]:
    """Everything that is logged, at every level, while a test runs."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield heard
    root.removeHandler(handler)
    root.setLevel(level)


def everything_said_and_stored(source: Path, home: Path) -> bytes:
    """Load, and return all bytes a person or a file could see: output, messages with their frames, files."""
    heard, said = io.StringIO(), []
    with redirect_stdout(heard), redirect_stderr(heard):
        try:
            summary = load(source, home, progress=lambda step, share: said.append(f"{step} {share}"))
            said += [*summary.sentences(), str(summary.as_dict()), repr(summary)]
        except InputFault as fault:
            said += [str(fault), repr(fault.faults), "".join(traceback.format_exception(fault))]
    stored = b"\0".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())
    names = "\0".join(str(path.relative_to(home)) for path in home.rglob("*"))
    return "\0".join([heard.getvalue(), *said, names]).encode() + stored


def stored_cells(home: Path) -> bytes:
    """Every cell of the published tables as text: compression cannot hide a value here."""
    if warehouse.current(home, "records") is None:
        return b""
    reader = warehouse.open_records(home)
    names = reader.rows("select table_name from duckdb_tables()")
    cells = "\0".join(str(reader.rows(f"select * from {name}")) for (name,) in names)
    reader.close()
    return cells.encode()


def incoming(table: str) -> list[str]:
    return [str(column.incoming) for column in schema.table(table).incoming]


def spoiled(shape: str, cells: set[tuple[str, str]]) -> World:
    """The world with one more row of each table, in which the chosen cells carry the secret in a shape."""
    tables = world()
    for number, (table, rows) in enumerate(tables.items()):
        row = dict(rows[0])
        for place, heading in enumerate(incoming(table)):
            if (table, heading) in cells:
                row[heading] = shape.format(secret=f"{SECRET}{number}x{place}")
        rows.append(row)
    return tables


LABELS = {
    (table.name, str(column.incoming))
    for table in schema.loaded_tables()
    for column in table.incoming
    if column.transform == "label"
}
"""Columns whose text is kept if no detector finds anything in it; for these the secret must look like a person."""
FOUND_IN_LABELS = ("Mr {secret}", "{secret}1234567890", "{secret} " * 12, "{secret}" * 200)
EVERY_CELL = {(table.name, heading) for table in schema.loaded_tables() for heading in incoming(table.name)}
HARMLESS_SHAPES = [shape for shape in SHAPES if not any(sign in shape for sign in ("@", "555-", "Street", "://"))]


@settings(deadline=None, max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SHAPES), st.sets(st.sampled_from(sorted(EVERY_CELL - LABELS)), min_size=1, max_size=60))
def test_a_secret_in_any_cell_is_never_said_nor_stored(
    listening: io.StringIO, tmp_path_factory: pytest.TempPathFactory, shape: str, cells: set[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("leak")
    source = write(folder / "in", spoiled(shape, cells))
    assert found(everything_said_and_stored(source, folder / "home")) == []
    assert found(stored_cells(folder / "home")) == []
    assert found(listening.getvalue().encode()) == []


def test_a_secret_in_every_cell_is_never_said_nor_stored(tmp_path: Path) -> None:
    tables = world()
    for shape in HARMLESS_SHAPES:
        cells = EVERY_CELL if shape in FOUND_IN_LABELS else EVERY_CELL - LABELS
        for name, rows in spoiled(shape, cells).items():
            tables[name].append(rows[-1])
    home = tmp_path / "home"
    source = write(tmp_path / "in", tables)
    assert found((source / "sessions.csv").read_bytes()) != []
    assert found(everything_said_and_stored(source, home)) == []
    stored = stored_cells(home)
    assert b"unknown_category" in stored
    assert found(stored) == []


def test_a_label_that_looks_like_a_person_is_never_said_nor_stored(tmp_path: Path) -> None:
    tables = world()
    for place, shape in enumerate(FOUND_IN_LABELS):
        text = shape.format(secret=SECRET)
        tables["assessments"].append(
            tables["assessments"][0] | {"assessment_id": f"L-{place}", "instrument_version": text}
        )
        if shape != "Mr {secret}":
            tables["sites"].append(tables["sites"][0] | {"site_id": f"L-{place}", "site_code": text})
    home = tmp_path / "home"
    assert found(everything_said_and_stored(write(tmp_path / "in", tables), home)) == []
    assert found(stored_cells(home)) == []
    reader = warehouse.open_records(home)
    assert reader.rows("select table_name, count(distinct row_no) from quarantine group by all order by all") == [
        ("assessments", 4),
        ("sites", 3),
    ]
    reader.close()


def test_identifiers_are_not_in_the_stored_bytes_although_their_rows_are(tmp_path: Path) -> None:
    tables = world()
    for rows in tables.values():
        for row in rows:
            row.update({name: f"{SECRET}-{cell}" for name, cell in row.items() if cell and name.endswith("_id")})
            if "instrument_id" in row:
                row["instrument_id"] = "gse_10"
    home = tmp_path / "home"
    assert found(everything_said_and_stored(write(tmp_path / "in", tables), home)) == []
    reader = warehouse.open_records(home)
    assert reader.rows("select count(*) from episodes") == [(3,)]
    assert reader.rows("select count(*) from quarantine") == [(0,)]
    reader.close()


def test_headings_are_not_quoted_either_for_a_heading_can_be_a_name(tmp_path: Path) -> None:
    source = write(tmp_path / "in", world())
    text = (source / "sessions.csv").read_text().splitlines()
    text = [f"{text[0]},{SECRET} Smith", *(f"{line},{SECRET}" for line in text[1:])]
    (source / "sessions.csv").write_text("\n".join(text))
    home = tmp_path / "home"
    said = everything_said_and_stored(source, home)
    assert found(said) == []
    assert b"sessions.csv: column 10 is not in the data dictionary" in said
    assert found(stored_cells(home)) == []


def test_the_command_line_does_not_quote_a_cell_when_the_fault_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(con: object, registry: object) -> None:
        con.execute(f"select cast('{SECRET}' as integer)").fetchall()  # type: ignore[attr-defined]

    monkeypatch.setattr("pipelines.load.score.score_assessments", broken)
    result = CliRunner().invoke(main, ["load", str(write(tmp_path / "in", world()))])
    assert result.exit_code == 1
    home = tmp_path / "home"
    logs = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert found(result.output.encode() + logs) == []


def test_the_scan_finds_a_secret_that_was_stored(tmp_path: Path) -> None:
    with warehouse.build(tmp_path / "home", "records") as con:
        con.execute("create table leak as select ? || range as cell from range(3000)", [SECRET])
    assert found(stored_cells(tmp_path / "home")) != []
