"""The live reader: a question in, an estimate table out, from exact counts of the records with the live floor applied.

SQL makes day counts, `pipelines.stats` makes estimates, `pipelines.disclosure.floors` withholds what is too small.
Only how many people a set of filters leaves out is remembered, because every question of a page asks it.
The live floor prevents careless exposure of a few people; it is not disclosure control.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines import outcomes, warehouse
from pipelines.counted_with import counted_with, stamp
from pipelines.disclosure.floors import BELOW_THRESHOLD, LIVE, apply_live
from pipelines.estimate_table import Columns, check
from pipelines.estimators import (
    after_coaching,
    arrows,
    both_bands,
    by_session,
    caseload,
    changes,
    dose,
    engagement,
    exits,
    funnel,
    interaction,
    lagged,
    leaving,
    missing_scores,
    pathways,
    people,
    ratio,
    ratio_checks,
    reasons,
    scores,
    staying,
    subgroups,
    together,
    trajectories,
)
from pipelines.estimators.request import NO_HELPING, TOO_EARLY, Request
from pipelines.estimators.rows import Rows
from pipelines.faults import Fault
from pipelines.left_out import LeftOut
from pipelines.measures import MEASURES, Measure
from pipelines.questions import (
    BAND_DIMENSIONS,
    DIMENSIONS,
    LEFT_BEFORE,
    Dimension,
    Question,
    check_filters,
    check_settings,
    raise_if,
)
from pipelines.stored_marts import refuse_others
from pipelines.warehouse import statement

Estimator = Callable[[Request], Rows]
ESTIMATORS: Mapping[str, Estimator] = {
    "people_enrolled": people.people_enrolled,
    "attendance_rate": people.attendance_rate,
    "staying_curve": staying.staying_curve,
    "staying_curve_censoring_other_exits": staying.staying_curve_censoring_other_exits,
    "stayed_share": staying.stayed_share,
    "stayed_days": leaving.stayed_days,
    "leaving_by_week": leaving.leaving_by_week,
    "stayed_by_gap": leaving.stayed_by_gap,
    "caseload_by_month": caseload.caseload_by_month,
    "helping_generations": engagement.helping_generations,
    "where_people_are": exits.where_people_are,
    "exit_reasons": exits.exit_reasons,
    "early_score": scores.early_score,
    "response_rate": scores.response_rate,
    "pathway": pathways.pathway,
    "pathway_to_lasting_change": pathways.pathway_to_lasting_change,
    "theory_arrows": arrows.theory_arrows,
    "helping_by_band": engagement.helping_by_band,
    "reason_ratios": reasons.reason_ratios,
    "trajectories": trajectories.trajectories,
    "site_funnel": funnel.site_funnel,
    "coach_funnel": funnel.coach_funnel,
    "both_bands": both_bands.both_bands,
    "dose_response": dose.dose_response,
    "score_ratio": ratio.score_ratio,
    "ratio_grid": ratio_checks.ratio_grid,
    "ratio_spline": ratio_checks.ratio_spline,
    "lagged_ratio": lagged.lagged_ratio,
    "reverse_association": lagged.reverse_association,
    "repeated_correlation": together.repeated_correlation,
    "engagement_rate": engagement.engagement_rate,
    "time_to_first_session": engagement.time_to_first_session,
    "session_intensity": engagement.session_intensity,
    "coach_continuity": engagement.coach_continuity,
    "ripple_rate": engagement.ripple_rate,
    "follow_up_rate": after_coaching.follow_up_rate,
    "lasting_change": after_coaching.lasting_change,
    "known_lasting_change": after_coaching.known_lasting_change,
    "missing_scores": missing_scores.missing_scores,
    "subgroup_ratios": subgroups.subgroup_ratios,
    "score_interaction": interaction.score_interaction,
    "ratio_by_session": by_session.ratio_by_session,
}
"""How each entry's `estimator` is worked out."""
CHANGES = "changes"
"""The estimator that is made of other answers."""
NO_PEOPLE = "no_people"
COHORT = "cohort"
NO_QUESTIONNAIRE = "no_questionnaire"
EACH_ALONE = ("response_rate", "theory_arrows")
"""Estimators that say of each questionnaire whether it is there."""
COUNT_HELPING = ("ripple_rate", "helping_by_band")
"""Estimators of events of helping others: none in all the records is taken as not recorded, not as a rate of zero."""


class LiveReader:
    """Answers from the current records, read-only; safe to share between threads."""

    def __init__(self, home: Path) -> None:
        """Open the current records of the data folder `home`; InputFault before the first load."""
        self._connect(warehouse.open_records(home))

    @classmethod
    def of(cls, reader: warehouse.Reader) -> LiveReader:
        """Return a live reader of records that are already open."""
        self = cls.__new__(cls)
        self._connect(reader)
        return self

    def _connect(self, reader: warehouse.Reader) -> None:
        refuse_others(reader)
        self._reader = reader
        self.version = reader.version
        self._facts = {str(key): str(value) for key, value in reader.rows("select key, value from dataset")}
        columns = ("construct", "instrument_id", "name", "scale_min", "scale_max", "band_low", "band_high", "verified")
        stored = reader.rows(statement("sql/chosen_instruments.sql"))
        self._constructs = {str(row[0]): dict(zip(columns[1:], row[1:], strict=True)) for row in stored}
        self._categories = outcomes.categories(reader)
        self._dimensions = {
            name: replace(dimension, categories=_present(dimension, self._categories.get(name, [])))
            for name, dimension in DIMENSIONS.items()
        }
        self._left_out = LeftOut(reader)
        self._records_helping = bool(reader.rows("select exists (select 1 from ripple_events)")[0][0])
        self._people = int(str(reader.rows("select count(distinct participant_id) from mart_episodes")[0][0]))

    def dimensions(self) -> list[Dimension]:
        """Return the dimensions people can be grouped and filtered by, with the categories these records have."""
        return list(self._dimensions.values())

    def about(self) -> dict[str, Any]:
        """Return what is read: title, demonstration, records_to, version, audience, floors, people, instruments."""
        return {
            "title": self._facts.get("title", ""),
            "demonstration": self._facts.get("demonstration", "").lower() == "true",
            "program": self._facts.get("program", ""),
            "records_to": self._facts.get("records_to", ""),
            "first_cohort": self._facts.get("first_cohort", ""),
            "version": self.version,
            "audience": "manager",
            "source": "live",
            "floor": LIVE.count,
            "rough_below": 30,
            "units_from": {"site": LIVE.share_people, "coach": LIVE.coach_people},
            "people": self._people,
            "instruments": self._constructs,
        }

    def ask(self, question: Question) -> pd.DataFrame:
        """Return the estimate table that answers `question`; InputFault with every fault of a question not declared."""
        measure = self._checked(question)
        if measure.estimator == CHANGES:
            return self._changes(question, measure)
        by = measure.fixed_groupings or question.by
        categories = tuple(tuple(code for code, _ in self._dimensions[name].categories) for name in by)
        periods_to = self._facts.get("records_to", "")
        request = Request(
            self._reader, question, measure, periods_to, LIVE, by, categories, self._categories, self._records_helping
        )
        table = apply_live(_in_order(self._rows(request).columns(), request))
        check(table)
        return stamp(table, counted_with(question, measure, self._facts, self.version))

    def _changes(self, question: Question, measure: Measure) -> pd.DataFrame:
        """Return what changed between the periods of a question; without a grouping, of the half-years."""
        by = question.by or (COHORT,)
        tables = {name: self.ask(replace(question, measure=name, by=by)) for name in changes.MEASURES}
        found = {str(level) for table in tables.values() for level in table["level"]}
        periods = tuple(code for code, _ in self._dimensions[by[0]].categories if code in found)
        request = Request(self._reader, question, measure, self._facts.get("records_to", ""), LIVE, by)
        rows = self._complement_verdict(request) if question.where else None
        rows = changes.changes(request.rows(), tables, periods) if rows is None else rows
        table = rows.table() if len(rows) else _nobody(request).table()
        if not table["status"].isin(changes.SHOWN).any() and table["status"].eq("hidden").any():
            # Which periods a few people enrolled in is not told either.
            table = _whole(request, BELOW_THRESHOLD, "hidden").table()
        check(table)
        return stamp(table, counted_with(question, measure, self._facts, self.version))

    def close(self) -> None:
        """Close the records; a question after this raises."""
        self._reader.close()

    def _rows(self, request: Request) -> Rows:
        if self._unmeasured(request):
            return _whole(request, NO_QUESTIONNAIRE, "not_measured")
        if request.measure.estimator in COUNT_HELPING and not self._records_helping:
            return _whole(request, NO_HELPING, "not_measured")
        if request.question.where and request.measure.rows != "months":
            verdict = self._complement_verdict(request)
            if verdict is not None:
                return verdict
        rows = ESTIMATORS[request.measure.estimator](request)
        return rows if len(rows) else _nobody(request)

    def _complement_verdict(self, request: Request) -> Rows | None:
        """Return the row to answer with when the filters match nobody, or leave out only one to four people.

        The people left out are counted against everybody and against the same question with one filter less.
        """
        question = request.question
        base = "at_landmark" if request.origin else "followed"
        base = "enrolled" if request.measure.rows == "enrolled" else base
        people = dict(self._left_out.people_who_miss(question.settings, question.where)[base])
        matching = people.pop((0, -1), 0)
        if matching == 0:
            return _nobody(request)
        left_out = [sum(people.values()), *(n for (missed, _), n in people.items() if missed == 1)]
        if any(0 < n < request.floor.complement for n in left_out):
            return _whole(request, BELOW_THRESHOLD, "hidden")
        return None

    def _unmeasured(self, request: Request) -> list[str]:
        """Return the constructs the question needs that these records have no questionnaire for."""
        named = [*request.by, *(name for name, _ in request.question.where)]
        needed = {name.removesuffix("_band") for name in named if name in BAND_DIMENSIONS}
        needed |= set(request.measure.constructs) if request.measure.estimator not in EACH_ALONE else set()
        return sorted(needed - set(self._constructs))

    def _checked(self, question: Question) -> Measure:
        faults = check_settings(question.settings)
        faults += check_filters(question.where, self._dimensions)
        measure = MEASURES.get(question.measure)
        if measure is None or "live" not in measure.doors:
            faults.append(Fault("question", "asks for an undeclared measure", f"Use one of {', '.join(MEASURES)}."))
            raise_if(faults)
        assert measure is not None
        faults += _grouping_faults(question, measure)
        if question.settings.clock == "enrolment" and (question.from_landmark or measure.rows == "landmark"):
            rule = "an early score is complete 30 days after the first session, later than 30 days after enrolling"
            faults.append(Fault("setting clock", rule, "Use the clock first_session with early scores."))
        raise_if(faults)
        return measure


def _in_order(columns: Columns, request: Request) -> Columns:
    """Return the rows by level in the declared order; rows about no single level stay before or after all of them."""
    if not request.by:
        return columns
    places = [request.place(str(level)) for level in columns["level"].tolist()]
    first = next((row for row, place in enumerate(places) if place is not None), None)
    if first is None:
        return columns
    ranks = [(-1 if row < first else len(places) ** 2) if place is None else place for row, place in enumerate(places)]
    order = np.argsort(np.array(ranks), kind="stable")
    return {name: values[order] for name, values in columns.items()}


def _present(dimension: Dimension, found: list[str]) -> tuple[tuple[str, str], ...]:
    """Return the categories of a dimension that the records have, in the declared order; found ones where none are."""
    if dimension.name in BAND_DIMENSIONS:
        return dimension.categories
    if not dimension.categories:
        return tuple((code, code) for code in found)
    return tuple((code, label) for code, label in dimension.categories if code in found)


def _grouping_faults(question: Question, measure: Measure) -> list[Fault]:
    if measure.fixed_groupings:
        if question.by in ((), measure.fixed_groupings):
            return []
        remedy = f"Leave the grouping out; it is always split by {' and '.join(measure.fixed_groupings)}."
        return [Fault("grouping", "this measure has its own grouping", remedy)]
    allowed = ", ".join(measure.groupings) or "none"
    faults = []
    if not set(question.by) <= set(measure.groupings):
        faults.append(Fault("grouping", "is not one this measure may be split by", f"Use one of: {allowed}."))
    if len(question.by) != len(set(question.by)):
        faults.append(Fault("grouping", "names a dimension twice", "Name each dimension once."))
    if measure.groupings and len(question.by) > measure.most_groupings:
        faults.append(Fault("grouping", "names too many dimensions", f"Use at most {measure.most_groupings}."))
    return faults


def _nobody(request: Request) -> Rows:
    """Return the row for a question about nobody, or about people of whom nothing can be said yet."""
    found = request.ask("people", columns=("participant_id",), extra={"origin": request.origin})
    enrolled = int(found["enrolled"].sum())
    if enrolled == 0:
        return _whole(request, NO_PEOPLE, "not_applicable")
    if any(name in BAND_DIMENSIONS and set(asked) == {LEFT_BEFORE} for name, asked in request.question.where):
        return _whole(request, LEFT_BEFORE, "not_applicable")
    return _whole(request, TOO_EARLY, "immature")


def _whole(request: Request, reason: str, status: str) -> Rows:
    rows = request.rows()
    rows.one(**{**request.withheld("", reason, status), "grouping": ""})
    return rows
