"""The release reader: the only way to a release, and it opens nothing else.

Closed world: declared measures, categories and crossings with the settings the release was counted with. What is not
declared is an error with a sentence that says what is possible; what is declared but not crossed in print is answered
by a row that says so. Everything is worked out from printed numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines import warehouse
from pipelines.counted_with import counted_with, stamp
from pipelines.disclosure import counted, stayed
from pipelines.disclosure.published import read_published, scales
from pipelines.disclosure.request import NOT_DECLARED, NotPublishedError, Request, Row
from pipelines.disclosure.spec import COHORT
from pipelines.estimate_table import COLUMNS, NUMBERS, check
from pipelines.faults import Fault
from pipelines.measures import MEASURES, Measure
from pipelines.questions import DIMENSIONS, Dimension, Question, Settings, check_filters, raise_if

Answer = Callable[[Request], list[Row]]
ANSWERS: Mapping[str, Answer] = {
    "people_enrolled": counted.people_enrolled,
    "staying_curve": stayed.staying_curve,
    "stayed_share": stayed.stayed_share,
    "early_alliance": partial(counted.early_score, construct="alliance"),
    "early_self_efficacy": partial(counted.early_score, construct="self_efficacy"),
    "stayed_by_alliance_and_self_efficacy": stayed.both_bands,
    "dose_response_alliance": partial(stayed.dose_response, construct="alliance"),
    "dose_response_self_efficacy": partial(stayed.dose_response, construct="self_efficacy"),
    "attendance_rate": counted.attendance_rate,
    "response_rate": counted.response_rate,
    "known_lasting_change": partial(counted.outcome_share, kind="lasting_change"),
}
"""How each measure that leaves by the release is worked out."""


class ReleaseReader:
    """Answers from the current release, read-only; safe to share between threads, and nothing of it is secret."""

    def __init__(self, home: Path) -> None:
        """Open the current release of the data folder `home`; InputFault if there is none or it was changed."""
        reader = warehouse.open_release(home)
        try:
            self.version = reader.version
            self._published = read_published(reader)
        finally:
            reader.close()
        self._source = f"release {self._published.about['release_id']}"
        declared = self._published.spec.dimensions
        self._dimensions = {item.name: _named(item.name, item.categories) for item in declared}

    def dimensions(self) -> list[Dimension]:
        """Return the dimensions people can be grouped and filtered by, with their declared categories in order."""
        return list(self._dimensions.values())

    def about(self) -> dict[str, Any]:
        """Return what is read: title, demonstration, records_to, version, audience, floor, people, and of the release.

        `people` is a printed number or None; `overrides` are numbers of the gate that somebody loosened.
        """
        about, spec = self._published.about, self._published.spec
        cohorts = spec.dimension(COHORT).categories
        return {
            "title": about["title"],
            "demonstration": about["demonstration"] == "true",
            "records_to": about["records_to"],
            "first_cohort": cohorts[0],
            "version": self.version,
            "audience": "public",
            "source": self._source,
            "release_id": about["release_id"],
            "floor": spec.parameters.threshold,
            "rough_below": spec.parameters.low_precision,
            "people": self._people(),
            "instruments": scales(about),
            "footnote": about["footnote"],
            "noise": int(about["noise"]),
            "outcome_pairs": spec.pairs if about["outcome_variables"] == "2" else (),
            "overrides": [f"{item.parameter} {item.value:g}: {item.reason}" for item in spec.overrides],
        }

    def ask(self, question: Question) -> pd.DataFrame:
        """Return the estimate table that answers `question` from printed numbers.

        InputFault, with every fault and what is possible, for settings, measures, dimensions or categories outside
        the release. A declared combination that is not published is one row of status 'not_applicable'.
        """
        measure = self._checked(question)
        by = measure.fixed_groupings or question.by
        request = Request(question, self._published, by)
        try:
            if measure.id not in ANSWERS:
                raise NotPublishedError
            rows = ANSWERS[measure.id](request)
        except NotPublishedError:
            rows = [{**request.hidden("", NOT_DECLARED), "grouping": "", "shape": measure.shape}]
        table = _table(rows, measure=measure.id, cohort=question.cohort_text, source=self._source)
        return stamp(table, counted_with(question, measure, self._published.about, self.version))

    def close(self) -> None:
        """Let go of the release; nothing is kept open, so nothing happens."""

    def _people(self) -> float | None:
        """Return the printed number of people enrolled, None if it is hidden."""
        rows = counted.people_enrolled(Request(Question("people_enrolled"), self._published, ()))
        number = rows[0].get("estimate") if rows else None
        return float(str(number)) if number is not None else None

    def _checked(self, question: Question) -> Measure:
        """Return the entry of the measure asked for; InputFault for anything the release does not know."""
        faults = check_filters(question.where, self._dimensions)
        if question.settings != Settings():
            remedy = "Leave the settings at their defaults; other ways of counting are for the live records."
            faults.append(Fault("settings", "are not those the release was counted with", remedy))
        measure = MEASURES.get(question.measure)
        if measure is None:
            faults.append(Fault("question", "asks for an undeclared measure", f"Use one of {', '.join(ANSWERS)}."))
            raise_if(faults)
        assert measure is not None
        declared = ", ".join(self._dimensions)
        if not set(question.by) <= set(self._dimensions):
            faults.append(Fault("grouping", "names a dimension the release does not have", f"Use one of {declared}."))
        if len(set(question.by)) != len(question.by):
            faults.append(Fault("grouping", "names a dimension twice", "Name each dimension once."))
        if measure.fixed_groupings and question.by not in ((), measure.fixed_groupings):
            remedy = f"Leave the grouping out; it is always split by {' and '.join(measure.fixed_groupings)}."
            faults.append(Fault("grouping", "this measure has its own grouping", remedy))
        elif not measure.fixed_groupings and not set(question.by) <= set(measure.groupings):
            remedy = (
                f"Use one of: {', '.join(name for name in measure.groupings if name in self._dimensions) or 'none'}."
            )
            faults.append(Fault("grouping", "is not one this measure may be split by", remedy))
        raise_if(faults)
        return measure


def _table(rows: Sequence[Row], **always: str) -> pd.DataFrame:
    """Return rows as an estimate table, quicker than `estimate_table` and checked by the same rules."""
    columns: dict[str, npt.NDArray[Any]] = {}
    for name in COLUMNS:
        if name in always:
            columns[name] = np.full(len(rows), always[name], dtype=object)
        elif name in NUMBERS:
            columns[name] = np.array([row.get(name, float("nan")) for row in rows], dtype=float)
        else:
            columns[name] = np.array([row.get(name, "") for row in rows], dtype=object)
    if any(set(row) - set(COLUMNS) for row in rows):
        raise ValueError("an answer has a column that the estimate table does not have")
    table = pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in columns.items()})
    check(table)
    return table


def _named(name: str, categories: tuple[str, ...]) -> Dimension:
    """Return a dimension of the release with the labels of its declared categories."""
    known = DIMENSIONS[name]
    words = dict(known.categories)
    return replace(known, categories=tuple((code, words.get(code, code)) for code in categories))
