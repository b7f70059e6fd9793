"""What only the cells can say of a proposal: whether columns together name every row, whether a link leads anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from pipelines import schema
from pipelines.column_profile import SourceProfile, distinct_together, found_among
from pipelines.proposal import Rule
from pipelines.staging import SourceFile


class Counts:
    """Counts cells of staged files while a proposal is made."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def together(self, file: SourceFile, headings: Sequence[str]) -> int:
        """Return how many different rows there are of some columns taken together."""
        return distinct_together(self._connection, file, headings) if headings else 0

    def add_links(self, rules: Sequence[Rule], sources: Sequence[SourceProfile]) -> Iterator[str]:
        """Add to columns that refer to another table how many of their cells are there; yield links that lead nowhere.

        Only columns that are one heading of another file than their parent's are counted.
        """
        by_stem = {source.file.stem: source.file for source in sources}
        first = {rule.table: rule for rule in reversed(rules)}
        for rule in rules:
            for place, guess in enumerate(rule.guesses):
                column = next(c for c in schema.table(rule.table).incoming if c.incoming == guess.column)
                parent = first.get(column.references.partition(".")[0])
                key = next((g for g in parent.guesses if g.column == guess.column), None) if parent else None
                same = parent is not None and parent.source == rule.source
                if key is None or parent is None or same or len(guess.headings) != 1 or len(key.headings) != 1:
                    continue
                if not {rule.source, parent.source} <= by_stem.keys():
                    continue
                child, source = by_stem[rule.source], by_stem[parent.source]
                inside, filled = found_among(self._connection, child, guess.headings[0], source, key.headings[0])
                said = f"{guess.evidence}; {inside:,} of {filled:,} are found in {parent.table}"
                rule.guesses[place] = guess.with_evidence(said)
                if filled and inside < filled / 2:
                    yield f"{rule.table}.{guess.column}: most of its cells are not found in {parent.table}"
