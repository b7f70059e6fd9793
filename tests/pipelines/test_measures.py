"""The registry of measures: every entry says what it must, names only what exists and refuses what would mislead."""

from __future__ import annotations

import re

import pytest

from pipelines.estimate import CHANGES, ESTIMATORS
from pipelines.measures import MEASURES, Axis, Exposure, Measure, entry
from pipelines.measures.entry import TIME_IN_PROGRAM

NAMED = [
    "changes_between_periods",
    "theory_arrows",
    "pathway_empowerment_self_efficacy_lasting_change",
    "helping_others_by_self_efficacy",
    "every_exit_alliance",
    "every_exit_self_efficacy",
    "people_enrolled",
    "staying_curve",
    "staying_curve_censoring_other_exits",
    "stayed_share",
    "stayed_days",
    "leaving_by_week",
    "stayed_by_gap",
    "caseload_by_month",
    "helping_generations",
    "where_people_are",
    "exit_reasons",
    "early_alliance",
    "early_self_efficacy",
    "early_empathy",
    "early_empowerment",
    "early_recovery_capital",
    "stayed_by_alliance_and_self_efficacy",
    "dose_response_alliance",
    "dose_response_self_efficacy",
    "attendance_rate",
    "response_rate",
    "engagement_rate",
    "time_to_first_session",
    "session_intensity",
    "coach_continuity",
    "ripple_rate",
    "lasting_change_recovery_capital",
    "lasting_change_self_efficacy",
    "follow_up_rate",
    "known_lasting_change",
    "ratio_alliance",
    "ratio_self_efficacy",
    "ratio_empathy",
    "ratio_empowerment",
    "ratio_grid_alliance",
    "ratio_grid_self_efficacy",
    "ratio_spline_alliance",
    "ratio_spline_self_efficacy",
    "site_funnel",
    "coach_funnel",
    "trajectory_alliance",
    "trajectory_self_efficacy",
    "trajectory_empathy",
    "trajectory_empowerment",
    "trajectory_recovery_capital",
    "pathway_empathy_alliance",
    "pathway_empowerment_self_efficacy",
    "pathway_alliance_self_efficacy",
    "missing_scores_alliance",
    "missing_scores_self_efficacy",
    "subgroups_alliance",
    "subgroups_self_efficacy",
    "interaction_alliance_self_efficacy",
    "ratio_by_session_alliance",
    "ratio_by_session_self_efficacy",
    "lagged_alliance",
    "lagged_self_efficacy",
    "reverse_alliance",
    "reverse_self_efficacy",
    "moves_together_alliance_self_efficacy",
]
NOT_OURS = re.compile(
    r"\b(client|patient|addict|abuser|clean|failed|failure|drop-?out|dropped out|non-compliant|relapse|retained|"
    r"effects?|improv\w+|predict\w*|impact|leads? to|drives?)\b",
    re.IGNORECASE,
)


def valid(**changes) -> dict:
    """Return the fields of an entry that is accepted, with changes."""
    fields = {
        "id": "m",
        "label": "M",
        "question": "How many?",
        "definition": "A count.",
        "definitions": ("enrolled",),
        "numerator": "People.",
        "denominator": "None.",
        "exclusions": ("None.",),
        "rows": "enrolled",
        "estimator": "people_enrolled",
        "shape": "bar",
        "y": Axis("People", "people"),
        "cautions": ("Counts people.",),
    }
    return fields | changes


def texts(measure: Measure) -> list[str]:
    axes = [text for axis in (measure.x, measure.y) if axis for text in (axis.label, axis.unit)]
    said = (measure.label, measure.question, measure.definition, measure.numerator, measure.denominator)
    return [*said, *measure.exclusions, *measure.cautions, *axes]


def test_the_first_measures_are_all_there() -> None:
    assert sorted(MEASURES) == sorted(NAMED)
    assert entry("staying_curve").id == "staying_curve"
    with pytest.raises(KeyError):
        entry("retention")


def test_every_estimator_is_used_and_every_used_one_exists() -> None:
    assert {measure.estimator for measure in MEASURES.values()} == {*ESTIMATORS, CHANGES}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: measure.id)
def test_the_words_are_ours(measure: Measure) -> None:
    said = texts(measure)
    assert not [text for text in said if NOT_OURS.search(text)]
    assert measure.question.endswith("?")
    assert all(text.endswith(".") for text in (measure.definition, *measure.exclusions, *measure.cautions))
    assert not [text for text in said if "  " in text]


def test_the_rule_about_words_finds_them() -> None:
    assert NOT_OURS.search("alliance improves staying")
    assert NOT_OURS.search("clients who drop-out")
    assert not NOT_OURS.search("what goes with staying")


@pytest.mark.parametrize("source", TIME_IN_PROGRAM)
def test_an_exposure_that_measures_time_in_the_program_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="measures time in the program"):
        Exposure("alliance", source)


def test_an_exposure_must_be_complete_before_the_comparison_starts() -> None:
    assert Exposure("alliance", last_day=30).last_day == 30
    with pytest.raises(ValueError, match="day 31"):
        Exposure("alliance", last_day=31)
    with pytest.raises(ValueError, match="early mean"):
        Exposure("alliance", "first_score")
    with pytest.raises(ValueError, match="early mean"):
        Exposure("sessions")


@pytest.mark.parametrize(
    "changes",
    [
        {"definition": " "},
        {"cautions": ()},
        {"definitions": ()},
        {"definitions": ("luck",)},
        {"exclusions": ("",)},
        {"rows": "all"},
        {"shape": "pie"},
        {"doors": ("side",)},
        {"groupings": ("coach",)},
        {"fixed_groupings": ("zip3",)},
        {"constructs": ("luck",)},
    ],
)
def test_an_entry_that_says_nothing_or_names_the_undeclared_is_refused(changes: dict) -> None:
    assert Measure(**valid()).version == 1
    with pytest.raises(ValueError, match="measure m"):
        Measure(**valid(**changes))


def test_coaches_are_no_dimension_of_any_measure() -> None:
    named = {name for measure in MEASURES.values() for name in (*measure.groupings, *measure.fixed_groupings)}
    assert not [name for name in named if "coach" in name]
