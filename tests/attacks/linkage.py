"""Linking people across releases and states of the records by their pseudonyms."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import numpy as np

from pipelines import warehouse
from pipelines.keys import Key
from tests.attacks.dictionary import number
from tests.attacks.released import released
from tests.attacks.result import Attack, Line, Result, results

MOST_CODES = 1_000
SAME = "the same code in every file"
LINES = (
    Line("people linked from one epoch of the key to the next", SAME, 1.0, 0.0),
    Line("people linked to another program's records", SAME, 1.0, 0.0),
    Line("coaches linked to themselves as people in recovery", SAME, 1.0, 0.0),
    Line("people of the records whose code is in the release", "release with codes", 1.0, 0.0),
)


def attack(n: int, seed: int) -> list[Result]:
    """Link `n` people by equal codes: across epochs, programs and purposes, and into a real release."""
    chance = np.random.default_rng(seed)
    people = [number(place) for place in range(n)]
    own, other = Key(chance.bytes(32)), Key(chance.bytes(32))
    before = [own.code("participant", one) for one in people]
    after = [own.code("participant", one, epoch=2) for one in people]
    elsewhere = [other.code("participant", one) for one in people]
    coaches = [own.code("coach", one) for one in people]
    plain = [hashlib.sha256(one.encode()).digest() for one in people]
    linked = [len({*before} & {*codes}) / n for codes in (after, elsewhere, coaches)]
    again = len({*plain} & {hashlib.sha256(one.encode()).digest() for one in people}) / n
    home = released(n, seed)
    codes = codes_of(home)[:MOST_CODES]
    file = warehouse.current(home, "release")
    assert file is not None
    naive = held("\n".join(map(str, codes)).encode(), codes)
    gate = max(held(file.read_bytes(), codes), held(texts(home), codes))
    return results(LINES, [(again, linked[0]), (again, linked[1]), (again, linked[2]), (naive, gate)])


def codes_of(home: Path) -> list[uuid.UUID]:
    """Return the code of everybody in the records."""
    reader = warehouse.open_records(home)
    try:
        return [code for (code,) in reader.rows("select distinct participant_id from mart_episodes order by 1")]
    finally:
        reader.close()


def texts(home: Path) -> bytes:
    """Return every cell of the release as text: compression cannot hide a code here."""
    reader = warehouse.open_release(home)
    try:
        tables = ("cells", "curves", "means", "about")
        return b"\n".join(str(reader.rows(f"select * from {table}")).encode() for table in tables)
    finally:
        reader.close()


def held(content: bytes, codes: list[uuid.UUID]) -> float:
    """Return the share of codes that are found in some bytes, in any usual spelling of one."""
    low = content.lower()
    found = [str(code).encode() in low or code.hex.encode() in low or code.bytes in content for code in codes]
    return float(np.mean(found))


ATTACK = Attack("Linking pseudonyms across releases", LINES, attack)
