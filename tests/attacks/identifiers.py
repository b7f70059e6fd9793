"""Identifiers of people in columns that are read: a naive load stores them, ours refuses the file, quoting nothing."""

from __future__ import annotations

import io
import logging
import os
import tempfile
import traceback
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines import warehouse
from pipelines.faults import InputFault
from pipelines.load import load
from tests.attacks.result import Attack, Line, Result, results
from tests.pipelines.raw_world import world, write
from tests.pipelines.release_world import key_of

PLANTED: Mapping[str, str] = {
    "e-mail address": "zqann{place}@zqxjkv.example.org",
    "phone number": "(555) 123-{place:04d}",
    "social security number": "123-45-{place:04d}",
    "web address": "https://zqxjkv.example/{place}",
    "street address": "{place} Zqxjkv Street",
}
COLUMNS = (
    ("participants", "participant_id"),
    ("participants", "primary_substance"),
    ("episodes", "program"),
    ("episodes", "referral_source"),
    ("sites", "region"),
    ("discharges", "source_code"),
)
IN_IDS = ("e-mail address", "social security number")
"""What is looked for in identifiers too: of these nothing but a keyed code is stored."""
TRIALS = 6
NAIVE = "read and stored as it is"
LINES = (
    Line("files with an identifier that are loaded", NAIVE, 1.0, 0.0),
    Line("identifiers stored, said or logged", NAIVE, 1.0, 0.0),
)


def attack(n: int, seed: int) -> list[Result]:
    """Plant an identifier in one row of files of `n` people, each time another kind in another column."""
    chance = np.random.default_rng(seed)
    loaded, told, kept = [], [], []
    for trial in range(TRIALS):
        table, column = COLUMNS[(trial + seed) % len(COLUMNS)]
        kinds = IN_IDS if column.endswith("_id") else tuple(PLANTED)
        value = PLANTED[str(chance.choice(kinds))].format(place=int(chance.integers(1000, 10_000)))
        with tempfile.TemporaryDirectory(prefix="attacked-") as name, key_of(Path(name)):
            source = spoiled(Path(name) / "in", n, table, column, value, chance)
            kept.append(value in pd.read_csv(source / f"{table}.csv", dtype=str)[column].tolist())
            refused, seen = attempted(source, Path(name) / "home")
            loaded.append(not refused)
            told.append(value.lower().encode() in seen.lower())
    return results(LINES, [(np.mean(kept), np.mean(loaded)), (np.mean(kept), np.mean(told))])


def spoiled(folder: Path, n: int, table: str, column: str, value: str, chance: np.random.Generator) -> Path:
    """Write files of `n` people, with one identifier in one cell."""
    tables = world()
    person, episode = tables["participants"][0], tables["episodes"][0]
    for place in range(n):
        tables["participants"].append({**person, "participant_id": f"Q-{place}"})
        tables["episodes"].append({**episode, "episode_id": f"F-{place}", "participant_id": f"Q-{place}"})
    rows = tables[table]
    rows[int(chance.integers(len(rows)))][column] = value
    return write(folder, tables)


def attempted(source: Path, home: Path) -> tuple[bool, bytes]:
    """Load; return whether the files were refused with nothing stored, and all that was said, logged and written."""
    heard, refused, said = io.StringIO(), False, ""
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    try:
        with redirect_stdout(heard), redirect_stderr(heard):
            load(source, home)
    except InputFault as fault:
        said = "".join(traceback.format_exception(fault)) + repr(fault.faults)
        refused = warehouse.current(home, "records") is None
    finally:
        logging.getLogger().removeHandler(handler)
    files = b"\0".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())
    names = os.fsencode("\0".join(str(path) for path in home.rglob("*")))
    return refused, heard.getvalue().encode() + said.encode() + files + names


ATTACK = Attack("Identifiers of people in columns that are read", LINES, attack)
