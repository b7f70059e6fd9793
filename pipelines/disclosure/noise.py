"""Keyed noise: the same label of the same frozen cohort always gets the same bounded noise, and no other does.

Noise hangs on the label, not on the set of people, so that equal numbers never prove that nobody is missing;
and on the fingerprint of the cohort, so that any change in a cohort redraws all of its noise at once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pipelines.disclosure.row_hashes import row_hashes
from pipelines.disclosure.spec import Parameters

UNIT = 1 << 64


def keyed(key: bytes, *parts: bytes, size: int = 32) -> bytes:
    """Return a keyed BLAKE2b digest of `size` bytes over parts that cannot be confused with each other."""
    whole = b"".join([len(part).to_bytes(8, "big") + part for part in parts])
    return hashlib.blake2b(whole, key=key, digest_size=size).digest()


def draw(key: bytes, fingerprint: bytes, measure: str, label: str) -> int:
    """Return the cell's own number in 0..2^64-1, a keyed hash of fingerprint, measure and label."""
    return int.from_bytes(keyed(key, b"cell", fingerprint, measure.encode(), label.encode(), size=8), "big")


def triangular(number: int, width: int) -> int:
    """Return the noise for a number in 0..2^64-1: discrete triangular on -width..width, weight width+1-|j|."""
    total = (width + 1) ** 2
    place = (number * total) >> 64
    half = width * (width + 1) // 2
    if place < half:
        return _rung(place) - width
    if place < half + width + 1:
        return 0
    return width - _rung(total - 1 - place)


def _rung(place: int) -> int:
    """Return how many whole rows 1, 2, 3, ... fit into `place`."""
    return (math.isqrt(8 * place + 1) - 1) // 2


def printed(count: int, noise: int, parameters: Parameters) -> int | None:
    """Return the printed form of a true count: None below the threshold, else noised, rounded, never under 15."""
    if count < parameters.threshold:
        return None
    step = parameters.rounding
    return max(parameters.printed_minimum, (count + noise + step // 2) // step * step)


def pub(key: bytes, fingerprint: bytes, measure: str, label: str, count: int, parameters: Parameters) -> int | None:
    """Return the printed form of one cell's true count, None if hidden."""
    if count < parameters.threshold:
        return None
    return printed(count, triangular(draw(key, fingerprint, measure, label), parameters.noise), parameters)


def fingerprint_rows(key: bytes, rows: npt.NDArray[np.uint8]) -> bytes:
    """Return the fingerprint of a block: keyed hash of its row count and two order-free sums of keyed row hashes.

    `rows` holds one person per row: the bytes of every value that any measure of the release uses.
    """
    parts = row_hashes(key, rows)
    added = parts[:, :2].sum(axis=0, dtype=np.uint64)
    mixed = np.bitwise_xor.reduce(parts[:, 2:], axis=0) if len(parts) else np.zeros(2, dtype=np.uint64)
    return keyed(key, b"block", len(parts).to_bytes(8, "big"), added.tobytes(), mixed.tobytes())


def fingerprint_range(key: bytes, blocks: Iterable[bytes]) -> bytes:
    """Return the fingerprint of several blocks taken together, from their fingerprints in order."""
    return keyed(key, b"range", *blocks)


def mean_noise(number: int, low: float, high: float, people: int) -> float:
    """Return the noise of a mean of `people` values bounded by low..high: uniform on +-3 ranges per person."""
    return (high - low) * (2 * (number / UNIT) - 1) * 3 / people
