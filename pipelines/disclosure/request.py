"""A question on its way to an answer from the release: the published labels it means, rows for what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from pipelines.disclosure.published import Published
from pipelines.disclosure.spec import BANDS, COHORT, label
from pipelines.questions import LEFT_BEFORE, NO_SCORE, Question

BELOW_THRESHOLD = "below_threshold"
BASE_TOO_SMALL = "base_under_50"
INCOMPLETE = "cohort_incomplete"
NOT_DECLARED = "not_declared"
AT_LEAST = "at_least"
NO_QUESTIONNAIRE = "no_questionnaire"
Row = dict[str, object]


class NotPublishedError(Exception):
    """The question crosses or joins more than the release publishes; an answer in itself, not a fault."""


@dataclass(frozen=True, slots=True)
class Group:
    """One level of an answer: its name and the published cells that make it up; none if its cohort is incomplete."""

    level: str
    cells: tuple[Mapping[str, str], ...]

    def labels(self, **more: str) -> list[str]:
        """Return the labels of the cells, each split further by the categories in `more`."""
        return [label({**cell, **more}) for cell in self.cells]


@dataclass(frozen=True, slots=True)
class Request:
    """A checked question to a release; `by` are the groupings asked for or fixed by the measure."""

    question: Question
    published: Published
    by: tuple[str, ...]

    @property
    def from_landmark(self) -> bool:
        """Whether a grouping or filter by an early score moves the start of the clock to the landmark day."""
        return self.question.from_landmark or any(name in BANDS for name in self.by)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The chosen categories by dimension."""
        return dict(self.question.where)

    def categories(self, name: str) -> tuple[str, ...]:
        """Return the categories of a grouping: those filtered for, else all; from the landmark, nobody who left."""
        chosen = self.filters.get(name) or self.published.spec.dimension(name).categories
        return tuple(item for item in chosen if item != LEFT_BEFORE)

    def groups(self, measure: str, by: Sequence[str] | None = None) -> Iterator[Group]:
        """Yield the levels of the answer in declared order, with the cells of `measure` that make up each."""
        split = self.by if by is None else tuple(by)
        joined = {name: chosen for name, chosen in self.filters.items() if name not in (*split, COHORT)}
        for names in product(*(self.categories(name) for name in split)):
            fixed = dict(zip(split, names, strict=True))
            periods = self._periods(measure, fixed.pop(COHORT, None))
            cells = tuple(
                {COHORT: period, **fixed, **dict(zip(joined, chosen, strict=True))}
                for period in periods
                for chosen in product(*joined.values())
            )
            yield Group("|".join(names), cells)

    def _periods(self, measure: str, cohort: str | None) -> tuple[str, ...]:
        """Return the labels of the cohorts meant: one, several to be joined, or all; none if one is incomplete."""
        blocks, whole = self.published.blocks(measure), self.published.whole(measure)
        if cohort is None and COHORT not in self.filters:
            return (whole,) if whole else ()
        chosen = (cohort,) if cohort else self.filters[COHORT]
        if not set(chosen) <= set(blocks):
            return ()
        return (whole,) if whole and set(chosen) == set(blocks) else tuple(chosen)

    def row(self, **cells: object) -> Row:
        """Return a row of this question's groupings."""
        return {"grouping": ",".join(self.by), **cells}

    def hidden(self, level: str, reason: str, **cells: object) -> Row:
        """Return the row of a level that is not shown, with the one status that goes with the reason."""
        statuses = {INCOMPLETE: "immature", NOT_DECLARED: "not_applicable", NO_QUESTIONNAIRE: "not_measured"}
        return self.row(level=level, status=statuses.get(reason, "hidden"), reason=reason, **cells)

    def pairs(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
        """Yield the levels to be compared, each with the reference: the lower band, else the largest level."""
        names = [name for name in sizes if name != NO_SCORE]
        if len(self.by) != 1 or len(names) < 2:
            return
        banded = self.by[0] in BANDS
        reference = "lower" if banded else max(names, key=lambda name: sizes[name])
        if reference in names:
            yield from ((name, reference) for name in names if name != reference)
