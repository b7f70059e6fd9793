"""Folders and the names of files: missing ones, tricks, links, devices, two files for one table."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pipelines.bad_files.case import SECRET, Case, Equal, Refused, Write, secret_world
from tests.pipelines.raw_world import world, write

OUT = "is a link that leads out of the folder"
ODD = "has control characters or invisible letters in its name"
MISSING = "is missing: the mapping canonical needs a file of this name"


def folder(change: Callable[[Path], object], *, secret: bool = True) -> Write:
    """Write the good files and change their folder."""

    def write_case(to: Path) -> Path:
        source = write(to / "in", secret_world() if secret else world())
        change(source)
        return source

    return write_case


def one(change: Callable[[Path], Path]) -> Write:
    """Write the good files and load what `change` returns."""
    return lambda to: change(write(to / "in", secret_world()))


def linked(target: str | Path, name: str = "sites.csv") -> Callable[[Path], object]:
    def change(source: Path) -> None:
        (source / name).unlink(missing_ok=True)
        (source / name).symlink_to(target)

    return change


def moved_out(source: Path) -> None:
    """The file lies beside the folder; a link in the folder points to it."""
    (source / "sites.csv").rename(source.parent / "sites.csv")
    (source / "sites.csv").symlink_to("../sites.csv")


def moved_within(source: Path) -> None:
    (source / "held").mkdir()
    (source / "sites.csv").rename(source / "held" / "sites.csv")
    (source / "sites.csv").symlink_to("held/sites.csv")


def pipe(source: Path) -> Path:
    (source / "sites.csv").unlink()
    os.mkfifo(source / "sites.csv")
    return source / "sites.csv"


def directory(source: Path) -> Path:
    (source / "sites.csv").unlink()
    (source / "sites.csv").mkdir()
    return source


def renamed(name: str) -> Callable[[Path], object]:
    return lambda source: (source / "sites.csv").rename(source / name)


def added(name: str, content: bytes = b"a,b\n1,2\n") -> Callable[[Path], object]:
    return lambda source: (source / name).write_bytes(content)


REFUSED: dict[str, tuple[Write, str, str, int]] = {
    "no such folder": (one(lambda source: source.with_name("elsewhere")), "elsewhere", "no such file or folder", 1),
    "an empty folder": (one(lambda source: _made(source / "x")), "x", "holds no file that can be read", 1),
    "a folder of other files": (one(lambda source: _noted(source / "x")), "x", "holds no file that can be read", 1),
    "one file that cannot be read": (one(lambda source: _noted(source / "x") / "a.docx"), "a.docx", "holds no file", 1),
    "one file of several": (one(lambda source: source / "sites.csv"), "participants.csv", MISSING, 2),
    "a file that is missing": (folder(lambda source: (source / "episodes.csv").unlink()), "episodes.csv", MISSING, 1),
    "a folder called like a file": (one(directory), "sites.csv", MISSING, 1),
    "a pipe called like a file": (one(lambda source: pipe(source).parent), "sites.csv", MISSING, 1),
    "a pipe as the source": (one(pipe), "sites.csv", "is neither a file nor a folder", 1),
    "a device as the source": (one(lambda _: Path("/dev/zero")), "zero", "is neither a file nor a folder", 1),
    "a link to a device": (folder(linked("/dev/zero")), "sites.csv", MISSING, 1),
    "a link to a device as the source": (
        one(lambda source: [linked("/dev/zero")(source), source / "sites.csv"][1]),
        "sites.csv",
        "is neither a file nor a folder",
        1,
    ),
    "a link to a file of the system": (folder(linked("/etc/passwd")), "sites.csv", OUT, 1),
    "a link to a file beside the folder": (folder(moved_out), "sites.csv", OUT, 1),
    "a link to the folder above": (folder(linked("..")), "sites.csv", MISSING, 1),
    "a link to itself": (folder(linked("sites.csv")), "sites.csv", MISSING, 1),
    "a link to nothing": (folder(linked("nowhere.csv")), "sites.csv", MISSING, 1),
    "a link for dataset.toml": (folder(linked("/etc/passwd", "dataset.toml")), "dataset.toml", OUT, 1),
    "names that differ in capitals": (folder(added("SITES.csv")), "sites.csv", "a second file for the same table", 1),
    "a file and the same compressed": (
        folder(added("sites.csv.gz", gzip.compress(b"a,b\n1,2\n"))),
        "sites.csv.gz",
        "a second file for the same table",
        1,
    ),
    "a CSV and a Parquet file of one name": (
        folder(added("sites.parquet")),
        "sites.parquet",
        "a second file for the same table",
        1,
    ),
    "an escape sequence in a name": (folder(added("\x1b[2Jx.csv")), "?[2Jx.csv", ODD, 1),
    "a line end in a name": (folder(added("x\nsites.csv")), "x?sites.csv", ODD, 1),
    "a right-to-left override in a name": (folder(added("gpj.\u202evsc.csv")), "gpj.?vsc.csv", ODD, 1),
    "a zero-width space in a name": (folder(renamed("sites\u200b.csv")), "sites?.csv", ODD, 1),
    "a name that is no UTF-8": (
        folder(lambda source: added(os.fsdecode(b"si\xfftes.csv"))(source)),
        "si?tes.csv",
        ODD,
        1,
    ),
    "a Cyrillic letter in a name": (folder(renamed("s\u0456tes.csv")), "sites.csv", MISSING, 1),
    "a full-width name": (folder(renamed("\uff53\uff49tes.csv")), "sites.csv", MISSING, 1),
    "a name with a blank before the ending": (folder(renamed("sites .csv")), "sites.csv", MISSING, 1),
    "another ending behind the first": (folder(renamed("sites.csv.txt")), "sites.csv", MISSING, 1),
    "a hidden file": (folder(renamed(".sites.csv")), "sites.csv", MISSING, 1),
    "an ending and no name": (folder(renamed(".csv")), "sites.csv", MISSING, 1),
}
SAME: dict[str, Callable[[Path], object]] = {
    "a name in capitals": renamed("SITES.CSV"),
    "a link within the folder": moved_within,
    "a pattern as a name": added("*.csv"),
    "a statement as a name": added("x'; drop table sites; --.csv"),
    "a name as long as names may be": added("x" * 251 + ".csv"),
    "dots that lead nowhere": added("..x..csv"),
    "a backslash in a name": added("..\\..\\sites.csv"),
    "a key and a value as a name": added("site_id=1.csv"),
    "files nobody reads": added("notes.docx", SECRET.encode()),
}


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def _noted(path: Path) -> Path:
    (_made(path) / "a.docx").write_text(SECRET)
    return path


def cases() -> Iterator[Case]:
    """Yield every case."""
    for name, (write_case, where, rule, faults) in REFUSED.items():
        yield Case(name, write_case, Refused(where, rule, faults))
    for name, change in SAME.items():
        yield Case(name, folder(change, secret=False), Equal())
