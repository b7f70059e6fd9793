"""Every definition the numbers rest on: words, parameters and version, from one file.

`python -m pipelines.definitions` prints the seals that the file lacks.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

Parameter = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition; `words` are whole sentences, `formula` and `source` may be empty.

    `seals` holds one hash for each version, the last being that of the words and parameters as they are. Raises
    ValueError for an empty text or a version without its seal.
    """

    id: str
    term: str
    words: str
    version: int
    seals: tuple[str, ...]
    formula: str = ""
    source: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.term.strip() or not self.words.strip().endswith("."):
            raise ValueError(f"definition {self.id}: a term and whole sentences are needed")
        if len(self.seals) != self.version:
            raise ValueError(f"definition {self.id}: each version needs its seal")

    @property
    def seal(self) -> str:
        """Hash of the words and parameters as they are."""
        said = [self.id, self.term, self.words, self.formula, self.source, dict(self.parameters)]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]

    def number(self, name: str) -> int:
        """Return a parameter that is one whole number; KeyError if there is none."""
        value = self.parameters[name]
        if not isinstance(value, int):
            raise KeyError(name)
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a parameter that is a list of whole numbers; KeyError if there is none."""
        value = self.parameters[name]
        if isinstance(value, int):
            raise KeyError(name)
        return value


@cache
def definitions() -> dict[str, Definition]:
    """Return every definition by its identifier, in the order of the file."""
    given = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {name: _definition(name, entry) for name, entry in given.items()}


def definition(name: str) -> Definition:
    """Return one definition; KeyError if the file has no such one."""
    return definitions()[name]


def _definition(name: str, entry: Mapping[str, object]) -> Definition:
    given = dict(entry)
    held = given.pop("parameters", {})
    assert isinstance(held, dict)
    parameters = {key: tuple(value) if isinstance(value, list) else int(value) for key, value in held.items()}
    texts = {key: str(given.pop(key)) for key in ("term", "words", "formula", "source") if key in given}
    version, seals = given.pop("version"), given.pop("seals")
    if given or not isinstance(version, int) or not isinstance(seals, list):
        raise ValueError(f"definition {name}: an unknown entry, or no version and seals")
    filled = {key: text.format(**parameters) for key, text in texts.items()}
    return Definition(id=name, version=version, seals=tuple(map(str, seals)), parameters=parameters, **filled)


if __name__ == "__main__":
    for one in definitions().values():
        if one.seal != one.seals[-1]:
            print(f"{one.id}: {one.seal}")
