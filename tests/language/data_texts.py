"""The texts of the page Your data that come from the checks of records and from what columns can be matched with."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard import import_gate, import_steps
from pipelines import load, quality, recognise, schema, score, targets
from pipelines.raw_tables import ORDER


def texts_of_data() -> Iterator[tuple[str, str]]:
    """Yield what the checks of records say, and what columns of files are matched with."""
    for rule in quality.all_rules():
        yield rule.sentence, "pipelines/checks"
        yield rule.remedy, "pipelines/checks"
    for text in (*score.RULES.values(), quality.NOT_RUN, quality.NOTHING_TO_DO):
        yield text, "pipelines/quality.py"
    for text in (*quality.LEVELS.values(), *quality.LEVEL_NAMES.values()):
        yield text, "pipelines/quality.py"
    for table in (*ORDER, "quality_checks"):
        yield table.replace("_", " ").capitalize(), "pipelines/raw_tables.py"
    for text in (*targets.targets({}).values(), *targets.PLURALS.values()):
        yield text, "pipelines/targets.py"
    for words in closed_lists():
        yield from ((import_steps.column_word(word), "pipelines/schema/lists.py") for word in words)
    for name in recognise.layouts():
        yield import_gate.label_of(name), "pipelines/mappings"
    yield load.RELEASE_SET_ASIDE, "pipelines/load.py"


def closed_lists() -> Iterator[tuple[str, ...]]:
    """Yield the words that each column with a closed list may hold."""
    for table in targets.GROUPS:
        yield from (
            column.allowed for column in schema.table(table).incoming if column.transform in ("category", "flag")
        )
