"""Parquet files that are not whole, hold what no table of text holds, or repeat a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.pipelines.bad_files.case import SECRET, Case, Equal, KeptOut, Refused, Write, secret_world
from tests.pipelines.raw_world import world, write

NOT_WHOLE = "is not a whole Parquet file"


def parquet(
    change: Callable[[pa.Table], pa.Table], *, secret: bool = True, then: Callable[[bytes], bytes] | None = None
) -> Write:
    """Write the good files with the sites as Parquet, the table and then the bytes changed."""

    def write_case(folder: Path) -> Path:
        tables = secret_world() if secret else world()
        source = write(folder / "in", tables)
        (source / "sites.csv").unlink()
        path = source / "sites.parquet"
        pq.write_table(change(pa.Table.from_pylist(tables["sites"])), path)
        if then is not None:
            path.write_bytes(then(path.read_bytes()))
        return source

    return write_case


def same(table: pa.Table) -> pa.Table:
    return table


def column(name: str, values: list[object], kind: pa.DataType | None = None) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.append_column(name, pa.array(values, kind))


def replaced(name: str, values: list[object], kind: pa.DataType | None = None) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.set_column(table.column_names.index(name), name, pa.array(values, kind))


def broken_text(content: bytes) -> bytes:
    return content.replace(b"Ashgrove", b"Ashgr\xffve")


def _without_footer(content: bytes) -> bytes:
    """The file with zeros where its footer begins; how long that is stands before the last mark."""
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    return content[:start] + bytes(60) + content[start + 60 :]


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "a Parquet file cut in the middle": lambda content: content[: len(content) // 2],
    "a Parquet file without its last bytes": lambda content: content[:-4],
    "a Parquet file whose footer is said to be huge": lambda content: content[:-8] + b"\xff\xff\xff\x7fPAR1",
    "a Parquet file whose footer is damaged": _without_footer,
    "a Parquet file with an encrypted footer": lambda content: content[:-4] + b"PARE",
    "a Parquet file with nothing between its marks": lambda _: b"PAR1PAR1",
    "text called .parquet": lambda _: SECRET.encode(),
    "an empty file called .parquet": lambda _: b"",
}


def cases() -> Iterator[Case]:
    """Yield every case."""
    for name, then in DAMAGED.items():
        yield Case(name, parquet(same, then=then), Refused("sites.parquet", NOT_WHOLE))
    yield Case(
        "bytes that are no UTF-8 in Parquet", parquet(same, then=broken_text), Refused("sites.parquet", NOT_WHOLE)
    )
    lists = parquet(column("many", [[1], [2, 3]]))
    yield Case("lists in Parquet", lists, Refused("sites.parquet", "a column holds lists or records"))
    records = parquet(column("one", [{"a": SECRET}, {"a": "x"}]))
    yield Case("records in Parquet", records, Refused("sites.parquet", "a column holds lists or records"))
    twice = parquet(column("REGION", ["x", "y"]))
    yield Case("headings in Parquet that differ in capitals", twice, Refused("sites.parquet", "have the same heading"))
    unnamed = parquet(column("", ["x", "y"]))
    yield Case("a column without a name in Parquet", unnamed, Refused("sites.parquet", "has no heading"))
    none = parquet(lambda table: table.slice(0, 0))
    yield Case("Parquet without a row", none, Refused("sites.parquet", "is empty"))
    missing = parquet(lambda table: table.drop_columns(["site_id"]))
    yield Case("a required column missing in Parquet", missing, Refused("sites.parquet", "has no column site_id"))
    wide = parquet(lambda table: table.select(["site_id"]).append_column("x", pa.array(["a", "b"])), then=_wide)
    yield Case(
        "six thousand columns in Parquet", wide, Refused("sites.parquet", "has more than 5,000 columns"), heavy=True
    )
    blob = parquet(replaced("region", [f"{SECRET}@x.org".encode(), b"x"], pa.binary()))
    yield Case(
        "an e-mail address as bytes in Parquet", blob, Refused("sites.parquet, column region", "identifier_email")
    )
    number = parquet(replaced("region", [8804987, 1], pa.int64()), secret=False)
    yield Case(
        "a record number as a number in Parquet", number, KeptOut("long_digit_run", "sites"), secrets=("8804987",)
    )
    named = parquet(same, secret=False)
    yield Case("a table in Parquet", named, Equal())


def _wide(_: bytes) -> bytes:
    held = pa.BufferOutputStream()
    pq.write_table(pa.table({f"c{n}": [SECRET] for n in range(6_000)}), held)
    return bytes(held.getvalue())
