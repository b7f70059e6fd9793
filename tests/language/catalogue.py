"""Gather every text of the pages into the catalogue of each other language, and compile it: make strings.

A text is what stands in `say`, `say_many` or `noted` in the dashboard, and the texts of the files and registries that
the pages print. What has no translation yet stays empty in the catalogue; what is no longer said is dropped.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dashboard.language import ENGLISH, FOLDER, LANGUAGES
from tests.language.printed_texts import printed_texts

CODE = Path(__file__).parents[2] / "dashboard"
TEXTS_OF = {"say": 1, "noted": 1, "say_many": 2}
"""How many of the first arguments of a call are texts."""
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in every catalogue: what depends on the day would differ without a change."""
PLURALS = {"es": "nplurals=2; plural=(n != 1);"}
"""Which form a number takes, by language."""
OF_THE_TOOL = (b'"Generated-By', b'"Report-Msgid', b'"Last-Translator', b'"Language-Team')
"""Lines that name the tool or nobody: they would differ without a change."""
HEADER = (
    "# Every text of the pages beside its translation. Made by `make strings`; only the lines `msgstr` are written.\n"
)


def texts() -> Iterator[tuple[str | tuple[str, str], str]]:
    """Yield every text, or the pair for one and many, with the file it is said in."""
    for file in sorted(CODE.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TEXTS_OF:
                said = call.args[: TEXTS_OF[call.func.id]]
                found = tuple(each.value for each in said if isinstance(each, ast.Constant))
                if len(found) == len(said):
                    yield (found[0] if len(found) == 1 else found), file.relative_to(CODE.parent).as_posix()
    yield from printed_texts()


def gathered(code: str) -> Catalog:
    """Return the catalogue of `code`: every text that is said now, with the translation the file has of it."""
    old = kept(code)
    new = Catalog(
        locale=code, project="Recovery outcomes", version="1", creation_date=WRITTEN, revision_date=WRITTEN,
        header_comment=HEADER.strip(), fuzzy=False,
    )  # fmt: skip
    new.mime_headers = [("Plural-Forms", PLURALS[code])]
    for text, file in sorted(texts(), key=lambda each: (each[1], str(each[0]))):
        first = text[0] if isinstance(text, tuple) else text
        if not first:
            continue
        before = old.get(first)
        new.add(text, before.string if before else None, locations=[(file, 1)])
    return new


def kept(code: str) -> Catalog:
    """Return the catalogue of `code` as its file has it."""
    file = FOLDER / f"{code}.po"
    if not file.exists():
        return Catalog(locale=code)
    with file.open("rb") as held:
        return read_po(held, locale=code)


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text of its file."""
    held = io.BytesIO()
    write_po(held, catalogue, width=0, include_lineno=False, sort_output=True)
    return b"".join(line for line in held.getvalue().splitlines(keepends=True) if not line.startswith(OF_THE_TOOL))


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as the pages read it."""
    held = io.BytesIO()
    write_mo(held, catalogue)
    return held.getvalue()


def merge(code: str, *others: Path) -> None:
    """Take into the catalogue of `code` the translations that only other files of it have."""
    catalogue = gathered(code)
    for other in others:
        with other.open("rb") as held:
            found = read_po(held, locale=code)
        for message in catalogue:
            theirs = found.get(message.id[0] if isinstance(message.id, tuple) else message.id)
            if message.id and not (message.string and all([*message.string])) and theirs is not None:
                message.string = theirs.string
    save(code, catalogue)


def save(code: str, catalogue: Catalog) -> None:
    """Write a catalogue, and what the pages read of it."""
    (FOLDER / f"{code}.po").write_bytes(written(catalogue))
    (FOLDER / f"{code}.mo").write_bytes(compiled(catalogue))


if __name__ == "__main__":
    for each in LANGUAGES:
        if each != ENGLISH:
            merge(each, *(Path(name) for name in sys.argv[1:]))
            empty = sum(not (one.string and all([*one.string])) for one in kept(each) if one.id)
            print(f"{each}: {len(kept(each))} texts, {empty} without a translation")
