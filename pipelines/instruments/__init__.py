"""The registry of instruments: one TOML file each, the shipped ones here and an organisation's own in a folder."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path

from pipelines import settings_file
from pipelines.faults import Fault, InputFault
from pipelines.instruments.grammar import read_instrument
from pipelines.instruments.instrument import CONSTRUCTS, REFUSALS, Cutoff, Example, Instrument, Norm

__all__ = ["CONSTRUCTS", "REFUSALS", "Cutoff", "Example", "Instrument", "Norm", "is_shipped", "load_registry"]


def load_registry(extra: Path | None = None) -> dict[str, Instrument]:
    """Return every instrument by its identifier: the shipped files, then those of the folder `extra`.

    An identifier is the name of the file without `.toml`. Raises InputFault with every fault of
    every file, and if `extra` is no folder, holds no TOML file or repeats an identifier.
    """
    faults: list[Fault] = []
    registry = dict(_shipped())
    for instrument_id, instrument in _read(_own_files(extra, faults), faults).items():
        if instrument_id in _shipped():
            faults.append(
                Fault(
                    f"{instrument_id}.toml",
                    "an instrument with this identifier is shipped already",
                    "Rename the file; its name is the identifier",
                )
            )
        registry[instrument_id] = instrument
    if faults:
        raise InputFault(faults)
    return registry


def is_shipped(instrument: Instrument) -> bool:
    """Tell whether an instrument is one of the shipped ones, with nothing changed."""
    return _shipped().get(instrument.instrument_id) == instrument


@cache
def _shipped() -> dict[str, Instrument]:
    """Return the shipped instruments; InputFault with every fault of their files."""
    faults: list[Fault] = []
    entries = resources.files("pipelines.instruments").iterdir()
    texts = {entry.name: entry.read_bytes() for entry in entries if entry.name.endswith(".toml")}
    shipped = _read(sorted(texts.items()), faults)
    if faults:
        raise InputFault(faults)
    return shipped


def _own_files(folder: Path | None, faults: list[Fault]) -> list[tuple[str, bytes]]:
    if folder is None:
        return []
    if not folder.is_dir():
        faults.append(Fault(str(folder), "is not a folder", "Name the folder that holds your instruments' TOML files"))
        return []
    files = sorted(folder.glob("*.toml"))
    if not files:
        faults.append(Fault(str(folder), "holds no TOML file", "Put one file per instrument into it, named <id>.toml"))
    return [(path.name, settings_file.content_of(path)) for path in files]


def _read(files: Iterable[tuple[str, bytes]], faults: list[Fault]) -> dict[str, Instrument]:
    found = {}
    for name, content in files:
        instrument = read_instrument(name, content, faults)
        if instrument is not None:
            found[instrument.instrument_id] = instrument
    return found
