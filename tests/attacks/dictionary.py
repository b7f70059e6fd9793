"""A dictionary of record numbers against pseudonyms: without a key, 20,000 numbers are tried in a second."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator

import numpy as np

from pipelines.keys import Key
from tests.attacks.result import Attack, Line, Result, results

NUMBERS = 20_000
LINES = (Line("people whose record number is found", "plain SHA-256 of the number", 1.0, 0.0),)
Code = Callable[[str], bytes]


def attack(n: int, seed: int) -> list[Result]:
    """Try every record number against the stored codes of `n` people, plain and keyed."""
    chance = np.random.default_rng(seed)
    people = [number(int(one)) for one in chance.choice(NUMBERS, n, replace=False)]
    key = Key(chance.bytes(32))
    plain = {hashlib.sha256(one.encode()).digest()[:16] for one in people}
    keyed = {key.code("participant", one).bytes for one in people}
    return results(LINES, [(reversed_share(plain, key.key_id), reversed_share(keyed, key.key_id))])


def number(place: int) -> str:
    """Return a record number as programs write them."""
    return f"mrn-{place:05d}"


def reversed_share(stored: set[bytes], key_id: str) -> float:
    """Return the share of stored codes for which one of the attacker's ways of making codes finds a record number."""
    found = {
        code for make in ways(key_id) for code in (make(number(place)) for place in range(NUMBERS)) if code in stored
    }
    return len(found) / len(stored)


def ways(key_id: str) -> Iterator[Code]:
    """Yield the ways of making codes that need no secret: plain, and keyed with what anybody can see or guess."""
    yield lambda text: hashlib.sha256(text.encode()).digest()[:16]
    yield lambda text: hashlib.blake2b(text.encode(), digest_size=16).digest()
    yield _keyed(Key(bytes(32)))
    yield _keyed(Key(bytes.fromhex(key_id).ljust(32, b"\0")))
    yield lambda text: hmac.digest(b"recovery-outcomes/participant/epoch-1", text.encode(), "sha256")[:16]


def _keyed(key: Key) -> Code:
    return lambda text: key.code("participant", text).bytes


ATTACK = Attack("A dictionary of record numbers against pseudonyms", LINES, attack)
