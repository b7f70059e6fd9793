"""Keyed BLAKE2b of very many short rows at once, by the word, with other threads free to work meanwhile.

`hashlib` takes one call for each row and keeps every other thread waiting; this does one step of the hash for
thousands of rows together, and works the block of the key out once instead of once for each row. The digests are those
of `hashlib.blake2b` (RFC 7693), byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
BLOCK, WORDS, DIGEST = 128, 16, 32
"""Bytes and words of a block, and bytes of a digest."""
TOGETHER = 16_384
"""Rows hashed at the same time: few enough for the processor's cache, many enough for its wide instructions."""
_START = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)
_ORDERS = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
    (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4),
    (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
    (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13),
    (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
    (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11),
    (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
    (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5),
    (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0),
)
_ROUNDS = (*_ORDERS, *_ORDERS[:2])
_MIXED = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)
_TURNS = ((32, 24), (16, 63))


def row_hashes(key: bytes, rows: npt.NDArray[np.uint8]) -> Words:
    """Return the keyed BLAKE2b digests, 32 bytes as four little-endian words, of `rows`, each of at most 128 bytes.

    `key` holds 1 to 64 bytes; ValueError for any other, and for rows that are empty or too wide.
    """
    width = rows.shape[1]
    if not 0 < len(key) <= BLOCK // 2 or not 0 < width <= BLOCK:
        raise ValueError("keys hold 1 to 64 bytes and rows 1 to 128")
    whole = np.zeros((len(rows), -(-width // 8) * 8), dtype=np.uint8) if width % 8 else rows
    if width % 8:
        whole[:, :width] = rows
    words = np.ascontiguousarray(whole).view("<u8")
    started = _START.copy()
    started[0] ^= np.uint64(DIGEST | len(key) << 8 | 1 << 16 | 1 << 24)
    first = np.frombuffer(key.ljust(BLOCK, b"\0"), dtype="<u8").astype(np.uint64)
    keyed = _compressed(started[:, None], first[:, None], BLOCK, is_last=False)[:, 0]
    digests = np.empty((len(rows), DIGEST // 8), dtype=np.uint64)
    for at in range(0, len(rows), TOGETHER):
        message = np.ascontiguousarray(words[at : at + TOGETHER].T, dtype=np.uint64)
        some = _compressed(keyed[:, None], message, BLOCK + width, is_last=True)
        digests[at : at + TOGETHER] = some[: DIGEST // 8].T
    return digests


def _compressed(before: Words, message: Words, length: int, *, is_last: bool) -> Words:
    """Return the eight words of each state after one more block; words that `message` lacks are zero.

    `length` is the number of bytes up to the end of the block.
    """
    state = list(np.concatenate([np.broadcast_to(before, (8, message.shape[1])), _first_half(message.shape[1])]))
    state[12] ^= np.uint64(length)
    if is_last:
        np.invert(state[14], out=state[14])
    spare = np.empty_like(state[0])
    for order in _ROUNDS:
        for place, four in enumerate(_MIXED):
            added = [message[word] if word < len(message) else None for word in order[2 * place : 2 * place + 2]]
            _mix([state[at] for at in four], added, spare)
    return np.stack([before[at] ^ state[at] ^ state[at + 8] for at in range(8)])


def _first_half(rows: int) -> Words:
    return np.broadcast_to(_START[:, None], (8, rows))


def _mix(four: Sequence[Words], added: Sequence[Words | None], spare: Words) -> None:
    """Mix two words of the message into four of the state, in place."""
    a, b, c, d = four
    for word, (turn_d, turn_b) in zip(added, _TURNS, strict=True):
        np.add(a, b, out=a)
        if word is not None:
            np.add(a, word, out=a)
        np.bitwise_xor(d, a, out=d)
        _turn(d, turn_d, spare)
        np.add(c, d, out=c)
        np.bitwise_xor(b, c, out=b)
        _turn(b, turn_b, spare)


def _turn(word: Words, bits: int, spare: Words) -> None:
    """Rotate a word to the right, in place."""
    np.right_shift(word, np.uint64(bits), out=spare)
    np.left_shift(word, np.uint64(64 - bits), out=word)
    np.bitwise_or(word, spare, out=word)
