"""The texts that the pages print from files and registries, not from the dashboard's own code.

Everything is read from the registries themselves, so that a new measure, definition, word, questionnaire or column is
found without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dashboard import downloads, exports, words
from dashboard.glossary import glossary, protection, protection_for
from dashboard.reading import READINGS
from dashboard.theory import STEPS
from pipelines.definitions import definitions
from pipelines.dictionary import column_rows
from pipelines.instruments import load_registry
from pipelines.instruments.instrument import CONSTRUCTS
from pipelines.measures import MEASURES
from pipelines.measures.entry import Measure
from pipelines.published_marks import NOT_A_TARGET, marks, why_none
from pipelines.questions import DIMENSIONS
from pipelines.schema import TABLES
from tests.language.data_texts import texts_of_data

WORD = re.compile(r"[^\W\d_]{2}")
"""What has no two letters beside each other is a number or a code, which every language writes alike."""


def printed_texts() -> Iterator[tuple[str, str]]:
    """Yield every such text once for each place it stands in, with the file; numbers and empty texts are left out."""
    for texts in (_words, _readings, _definitions, _marks, _measures, _dimensions, _instruments, _columns, _files):
        yield from ((text, file) for text, file in texts() if WORD.search(text))
    yield from texts_of_data()


def _words() -> Iterator[tuple[str, str]]:
    """The glossary, and what is said of the protection; how a word is counted may be a definition's text."""
    file = "dashboard/glossary.toml"
    for one in glossary().values():
        for text in (one.term, one.plain, one.why, one.limits):
            yield text, file
        for text in (one.counted, one.formula):
            yield text, "pipelines/definitions.toml" if one.definition else file
    for text in (*protection_for().values(), *protection()):
        yield text, file


def _readings() -> Iterator[tuple[str, str]]:
    for one in READINGS.values():
        yield one.drawing, "dashboard/reading.py"


def _definitions() -> Iterator[tuple[str, str]]:
    """The definitions with their numbers put in, as every page and file prints them."""
    for one in definitions().values():
        for text in (one.term, one.words, one.formula, one.source):
            yield text, "pipelines/definitions.toml"


def _marks() -> Iterator[tuple[str, str]]:
    yield NOT_A_TARGET, "pipelines/published_marks.py"
    for text in (*(mark.remark for mark in marks().values()), *map(why_none, STEPS)):
        yield text, "pipelines/published_marks.toml"


def _measures() -> Iterator[tuple[str, str]]:
    for measure in MEASURES.values():
        for text in texts_of(measure):
            yield text, "pipelines/measures"


def texts_of(measure: Measure) -> tuple[str, ...]:
    """Return the texts of a measure that pages show."""
    said = (measure.label, measure.question, measure.definition, measure.numerator, measure.denominator)
    return (*said, *measure.exclusions, *measure.cautions)


def _dimensions() -> Iterator[tuple[str, str]]:
    """What people can be grouped and filtered by, with its categories; sites and periods come from the records."""
    for dimension in DIMENSIONS.values():
        for text in (dimension.label, *(label for _, label in dimension.categories)):
            yield text, "pipelines/questions.py"


def _instruments() -> Iterator[tuple[str, str]]:
    """What is said of a questionnaire; its name is its own."""
    for construct in CONSTRUCTS.keys() - words.CONSTRUCT_NAMES.keys():
        yield construct.replace("_", " "), "pipelines/instruments/instrument.py"
    for one in load_registry().values():
        told = (one.missing_rule_text, one.unconfirmed_text, one.caution_text, one.licence, one.source, *one.cautions)
        for text in told:
            yield text, "pipelines/instruments"


def _columns() -> Iterator[tuple[str, str]]:
    """The data dictionary: labels, meanings, units and ranges; lists of codes are codes in every language."""
    codes = {(table.name, column.name) for table in TABLES for column in table.columns if column.allowed}
    for row in column_rows():
        allowed = "" if (row["table"], row["column"]) in codes else row["allowed"]
        for text in (row["label"], row["meaning"], row["unit"], allowed):
            yield text, "pipelines/schema"
    for text in downloads.MEANINGS.values():
        yield text, "pipelines/estimate_table.py"


def _files() -> Iterator[tuple[str, str]]:
    """What pages say of files, with the numbers of the floors in it."""
    for text in (downloads.INTERNAL_NOTE, downloads.INTERNAL_PICTURE, downloads.RELEASE_NOTE):
        yield text, "dashboard/downloads.py"
    yield exports.PICTURE_TOO_SMALL, "dashboard/exports.py"
