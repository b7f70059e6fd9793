"""What can be chosen on Trust and confidence: only that is worked out, and every state has a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.estimate_table import estimate_table
from tests.dashboard import test_views
from tests.dashboard.examples import FakeAnswers
from tests.dashboard.test_views import html_of, run, text_of

reader, seen = test_views.reader, test_views.seen
"""The example people behind the pages, and pages that are only looked at."""
CHECKS = {
    "Other choices": "ratio_grid_alliance",
    "Along the scale": "ratio_spline_alliance",
    "People without a score": "missing_scores_alliance",
    "Groups of people": "subgroups_alliance",
    "After each session": "ratio_by_session_alliance",
    "Every way out": "every_exit_alliance",
}
"""Each way to check the answer, and a measure that only it asks for."""
SAID = {
    "Other choices": "All 20 answers lie between",
    "Along the scale": "no sign that the line bends",
    "People without a score": "changes little for early alliance: 0.73 becomes 0.74",
    "Groups of people": "No clear sign that the link with early alliance differs between groups (3 tests held",
    "After each session": "All 3 answers lie between 0.70 and 0.72",
    "Every way out": "One step higher in early alliance, people left early less often and completed more often",
}


@pytest.mark.parametrize("chosen", CHECKS)
def test_only_the_chosen_check_is_worked_out_and_drawn(reader: FakeAnswers, chosen: str) -> None:
    app = run("trust_and_confidence", check=chosen)
    assert not app.exception
    said = text_of(app)
    assert "Something went wrong" not in said
    assert [name for name in SAID if SAID[name] in said] == [chosen]
    asked = {question.measure for question in reader.asked}
    assert asked & set(CHECKS.values()) == {CHECKS[chosen]}
    assert "moves_together_alliance_self_efficacy" not in asked, "nor the figure behind another choice below"


def test_empathy_and_empowerment_take_the_place_of_the_pair(reader: FakeAnswers) -> None:
    row = {"measure": "ratio_empowerment", "stat": "ratio", "status": "not_measured", "shape": "point"}
    reader.edit["ratio_empowerment"] = estimate_table([row])
    app = run("trust_and_confidence", scores="Empathy and empowerment")
    said = text_of(app)
    assert "people one step higher in early empathy still left early less often" in said
    assert "Leaving early by early empowerment: not measured" in said
    assert "Early empowerment: not measured" in said
    asked = {question.measure for question in reader.asked}
    assert {"early_empathy", "ratio_empathy"} <= asked
    assert not {"ratio_alliance", *CHECKS.values()} & asked, "the checks are of the other two"
    numbers = [int(n) for n in re.findall(r'class="kicker">Figure (\d+)', html_of(app))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_both_directions_stand_together_and_the_two_questions_apart(seen: Callable[..., AppTest]) -> None:
    said = text_of(seen("trust_and_confidence"))
    assert "Leaving early was less common among people with higher alliance, and after a score above" in said
    assert "After a missed session the next rating of self-efficacy was lower by 0.020 points" in said
    assert said.count("read both directions together") == 4
    assert "No clear sign that the two scores together go with more or less than each alone" in said
    other = text_of(seen("trust_and_confidence", within="Alliance with self-efficacy"))
    assert "together between people (0.27), hardly linked within a person (0.03)" in other
    assert "these are two questions" in other
    assert "After a missed session" not in other


def test_an_early_score_names_the_one_questionnaire_it_stands_on(seen: Callable[..., AppTest]) -> None:
    said = text_of(seen("trust_and_confidence"))
    assert "WAI-SR alone stands for alliance; questionnaires and raters are never pooled." in said
    assert "GSE-10 alone stands for self-efficacy; questionnaires and raters are never pooled." in said


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            {"status": "not_measured"},
            {
                "People without a score": "Early alliance and people without a score: not measured",
                "Groups of people": "Early alliance among groups of people: not measured",
                "After each session": "Early alliance after other sessions: not measured",
                "Every way out": "Every way out by early alliance: not measured",
            },
        ),
        (
            {"status": "hidden", "reason": "few_people"},
            {
                "People without a score": "Too few people to say what people without a score would change",
                "Groups of people": "Too few people to say whether the link with early alliance differs",
                "After each session": "Too few people to say whether the answer for early alliance depends on our",
                "Every way out": "Too few people to say which ways out go with early alliance",
            },
        ),
    ],
)
def test_the_further_checks_have_a_sentence_for_every_state(
    reader: FakeAnswers, state: dict[str, str], expected: dict[str, str]
) -> None:
    for measure in (*CHECKS.values(), "lagged_alliance", "interaction_alliance_self_efficacy", "reverse_alliance"):
        reader.edit[measure] = estimate_table([{"measure": measure, "stat": "ratio", "shape": "point", **state}])
    for chosen, title in expected.items():
        said = text_of(run("trust_and_confidence", check=chosen))
        assert "Something went wrong" not in said
        assert title in said


def test_a_comparison_by_what_is_known_only_later_says_so(reader: FakeAnswers) -> None:
    row = {"measure": "ratio_by_session_alliance", "stat": "ratio", "status": "not_applicable", "reason": "known_later"}
    reader.edit["ratio_by_session_alliance"] = estimate_table([row])
    said = text_of(run("trust_and_confidence", check="After each session"))
    assert "these people are chosen by what is known only later" in said
    assert "Remove that filter to see this figure" in said
    assert "not published" not in said
