"""The anchors of records to which later batches are added: for each episode, the date of its day 0.

Records hold days counted from the first contact and no date, so a later batch can only be placed beside them if
somebody remembers when day 0 was. That is these files, readable by their owner alone, in a folder beside the key and
never in a data folder; only a load reads them. A file is named by its seal, a keyed hash of its content that the
records carry, so a file that was changed or belongs to other records is noticed. Records loaded as a full snapshot
have none, unless they were asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import keys
from pipelines.faults import Fault, InputFault
from pipelines.warehouse import statement

if TYPE_CHECKING:
    import duckdb

FACT = "anchors"
"""Under this name the table `dataset` of the records holds the seal of their anchors."""
_FOLDER = "anchors"
_HEADING = "episode_id,first_contact_date"
_SHOWN = 16


def folder() -> Path:
    """Return where the anchors lie: beside the key."""
    return keys.key_path().parent / _FOLDER


def path_of(seal: str) -> Path:
    """Return the file with the seal `seal`, 64 hexadecimal digits."""
    return folder() / f"anchors-{seal[:_SHOWN]}.csv"


def write(con: duckdb.DuckDBPyConnection, key: keys.Key) -> str:
    """Write the anchors of the episodes that `clock` left as kept and return their seal.

    Raises InputFault if the folder beside the key cannot be written.
    """
    lines = [str(line) for (line,) in con.execute(statement("sql/anchors_lines.sql")).fetchall()]
    content = "\n".join([_HEADING, *lines, ""]).encode("ascii")
    seal = key.seal(content)
    target = path_of(seal)
    draft = target.with_suffix(".draft")
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError:
        remedy = "Give your account the right to write beside the key, or set RECOVERY_OUTCOMES_KEY to another place"
        raise InputFault(Fault("the anchors", "cannot be written beside the key", remedy)) from None
    return seal


def read(con: duckdb.DuckDBPyConnection, key: keys.Key, seal: str) -> None:
    """Make TEMP `anchors` (episode_id, first_contact_date) of the file with the seal `seal`.

    Raises InputFault if it is missing, others may read it, or its content is not what was sealed.
    """
    path = path_of(seal)
    remedy = "Put the anchors file back beside the key, or load the full records with --keep-anchors"
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise InputFault(
                Fault("the anchors", "can be read by other accounts of this machine", f"Run chmod 600 on {path.name}")
            )
        content = path.read_bytes()
    except OSError:
        raise InputFault(Fault("the anchors", "of the current records are missing", remedy)) from None
    if key.seal(content) != seal:
        raise InputFault(Fault("the anchors", "are not those of the current records", remedy))
    con.execute(statement("sql/anchors_read.sql"), {"file": str(path)})


def remove(seals: Iterable[str]) -> None:
    """Remove the anchors with these seals, those of versions that are gone."""
    for seal in seals:
        with suppress(OSError):
            path_of(seal).unlink()
