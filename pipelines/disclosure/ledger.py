"""What was published, written down for good: append-only, hash-chained, apart from both databases.

One JSON line per published value: sequence, label, measure, block, value, release, hash of the line before, own hash.
It holds printed values alone, never a true count. The chain is verified whole before anything is built on it, and a
release names the last line it knew, so that neither a changed line nor a missing end goes unnoticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipelines.disclosure.spec import COUNTS
from pipelines.faults import Fault, InputFault

Value = int | float | list[int] | None
"""A printed count, a printed mean, printed events and censored people of a curve's day, or hidden."""
START = "0" * 64
NOISE_WIDTH = "noise_width"
"""Measure under which each release writes the width of its noise; the label is the number of the line."""
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_TAIL = len(f',"{START}","{START}"]')


class Entry(NamedTuple):
    """One published value: `label` names the cell, `block` the cohort or range of cohorts it belongs to."""

    label: str
    measure: str
    block: str
    value: Value


@dataclass(frozen=True, slots=True)
class Ledger:
    """A verified ledger: every published value by label and measure, and the hash of the last line."""

    path: Path
    head: str = START
    length: int = 0
    values: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    blocks: frozenset[tuple[str, str]] = frozenset()
    hashes: frozenset[str] = frozenset((START,))

    @property
    def noise_width(self) -> int:
        """Width of the widest noise ever used, 0 before the first release."""
        widths = (int(str(value)) for (_, measure), value in self.values.items() if measure == NOISE_WIDTH)
        return max(widths, default=0)

    def outcome_variables(self) -> int:
        """Return by how many dimensions, the cohort among them, published outcomes are split; -1 if there are none."""
        split = (label for label, measure in self.values if measure not in (*COUNTS, NOISE_WIDTH))
        return max((label.count(";") + (not _names_a_range(label)) for label in split), default=-1)

    def categories(self, dimension: str) -> list[str]:
        """Return the categories of a dimension that published labels name, in the order of publication."""
        start = f"{dimension}="
        found = (part[len(start) :] for label, _ in self.values for part in label.split(";") if part.startswith(start))
        return list(dict.fromkeys(found))


def _names_a_range(label: str) -> bool:
    """Tell whether a label, whose first part is the cohort, names several of them."""
    cohort = label.partition(";")[0]
    return ".." in cohort or "+" in cohort


def ledger_path(home: Path) -> Path:
    """Return where the ledger of a data folder lies."""
    return home / "ledger" / "ledger.jsonl"


def read_ledger(path: Path) -> Ledger:
    """Return the verified ledger, empty if there is none yet; InputFault naming the first line that does not fit."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Ledger(path)
    except (OSError, UnicodeDecodeError):
        raise InputFault(_broken(path, "cannot be read")) from None
    lines = text.split("\n")
    if lines.pop() != "":
        raise InputFault(_broken(path, "ends in the middle of a line"))
    head, hashes = START, [START]
    values: dict[tuple[str, str], Value] = {}
    blocks: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, start=1):
        try:
            sequence, label, measure, block, value, _release, previous, own = json.loads(line)
        except ValueError:
            raise InputFault(_broken(path, f"has a line {number} that is not an entry")) from None
        kept = own == _hash(head, line[:-_TAIL] + "]") and previous == head and sequence == number
        if not kept or (label, measure) in values:
            raise InputFault(_broken(path, f"was changed at line {number}"))
        head = own
        hashes.append(own)
        values[label, measure] = value
        blocks.add((measure, block))
    return Ledger(path, head, len(lines), values, frozenset(blocks), frozenset(hashes))


def extended(ledger: Ledger, entries: Sequence[Entry], release: str) -> tuple[str, str]:
    """Return the lines that write `entries` behind the ledger's last line, and the hash of the new last line."""
    lines, head = [], ledger.head
    for number, entry in enumerate(entries, start=ledger.length + 1):
        body = _encoded([number, *entry, release])
        own = _hash(head, body)
        lines.append(f'{body[:-1]},"{head}","{own}"]\n')
        head = own
    return "".join(lines), head


def append(ledger: Ledger, lines: str) -> None:
    """Write `lines` behind the ledger, all or nothing; InputFault if the folder cannot be written."""
    path = ledger.path
    draft = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(before + lines.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError:
        remedy = "Make room on the disk and let your account write there; no release was published."
        raise InputFault(Fault(str(path), "cannot be written", remedy)) from None


def fault_of_missing_end(ledger: Ledger) -> InputFault:
    """Return the error for a ledger that lacks lines which the current release was built with."""
    return InputFault(_broken(ledger.path, "lacks lines that the current release was built with"))


def _hash(previous: str, body: str) -> str:
    """Return the hash of a line: SHA-256 over the hash of the line before and the line's own text."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def _broken(path: Path, rule: str) -> Fault:
    """Return the fault of a ledger that cannot be trusted; the remedy never is to go on without it."""
    remedy = "Put back the copy kept with your backups; without it published cells would be drawn again."
    return Fault(str(path), rule, remedy)
