"""The theory of change in words. Referees: hand-made estimate tables; no arrow says more than its range."""

from __future__ import annotations

import pytest

from dashboard import language, theory
from dashboard.charts.arrow_mark import WIDTH, arrow_mark
from pipelines.estimate_table import estimate_table
from pipelines.estimators.arrows import ARROWS
from pipelines.measures import MEASURES


def table(*rows: dict[str, object]):
    return estimate_table([{"measure": "theory_arrows", "source": "live", **row} for row in rows])


def arrow(level: str, stat: str, estimate: float, lower: float | None, upper: float | None, n: int = 400):
    numbers = {"estimate": estimate, "lower": lower, "upper": upper, "n": n}
    return {"level": level, "stat": stat, "status": "shown", "shape": "point", **numbers}


def step(name: str, *rows: dict[str, object]) -> theory.Step:
    return next(one for one in theory.steps(table(*rows)) if one.arrow == name)


def test_every_arrow_of_the_measure_has_its_words_and_every_step_of_the_theory_is_worked_out() -> None:
    assert set(ARROWS) == set(theory.STEPS)
    assert set(theory.BETWEEN.values()) <= set(theory.STEPS)


def test_every_box_names_a_measure_that_exists() -> None:
    for _, _, concepts in theory.PATHS:
        for concept in concepts:
            assert concept.measure in MEASURES
            assert not concept.published or "release" in MEASURES[concept.published].doors


@pytest.mark.parametrize(
    ("stat", "estimate", "lower", "upper", "state"),
    [
        ("correlation", 0.4, 0.3, 0.5, theory.SEEN),
        ("correlation", -0.4, -0.5, -0.3, theory.SEEN),
        ("correlation", 0.1, -0.1, 0.3, theory.UNCLEAR),
        ("correlation", 0.4, None, None, theory.UNRANGED),
    ],
)
def test_an_arrow_is_seen_only_where_its_range_leaves_nothing_out(stat, estimate, lower, upper, state) -> None:
    assert step("empathy_alliance", arrow("empathy_alliance", stat, estimate, lower, upper)).state == state


def test_a_ratio_is_compared_with_one_and_a_difference_with_zero() -> None:
    helping = "self_efficacy_helping_others"
    assert step(helping, arrow(helping, "ratio", 1.2, 0.9, 1.6)).state == theory.UNCLEAR
    more = step(helping, arrow(helping, "ratio", 1.5, 1.3, 1.7))
    assert (more.state, "more often" in more.said) == (theory.SEEN, True)
    fewer = step("alliance_staying", arrow("alliance_staying", "standardised_difference", -0.3, -0.5, -0.1))
    assert "a lower score" in fewer.said


@pytest.mark.parametrize(
    ("name", "stat", "more", "fewer"),
    [
        ("alliance_engagement", "ratio", "came to more sessions", "came to fewer sessions"),
        ("engagement_staying", "standardised_difference", "had come to more sessions", "had come to fewer sessions"),
        (
            "self_efficacy_lasting_change",
            "standardised_difference",
            "kept a gain had a higher",
            "kept a gain had a lower",
        ),
        ("lasting_change_helping_others", "ratio", "help others more often after", "help others less often after"),
    ],
)
def test_an_arrow_to_or_from_sessions_and_lasting_change_says_what_was_counted(name, stat, more, fewer) -> None:
    none = 1.0 if stat == "ratio" else 0.0
    assert more in step(name, arrow(name, stat, none + 0.5, none + 0.3, none + 0.7)).said
    assert fewer in step(name, arrow(name, stat, none - 0.5, none - 0.7, none - 0.3)).said


def test_what_is_not_shown_says_why_and_holds_no_number() -> None:
    hidden = {
        "level": "alliance_staying",
        "stat": "standardised_difference",
        "status": "hidden",
        "reason": "few_events",
    }
    absent = {"level": "empathy_alliance", "stat": "correlation", "status": "not_measured", "reason": "no_people"}
    unknown = {"level": "self_efficacy_helping_others", "stat": "ratio", "status": "not_measured"}
    nobody = {**unknown, "reason": "no_helping"}
    said = {one.arrow: one for one in theory.steps(table(hidden, absent, nobody))}
    assert said["self_efficacy_helping_others"].said == "Not measured: the records hold no event of helping others."
    assert said["alliance_staying"].said == "Too few people to say."
    assert said["empathy_alliance"].said.startswith("Not measured")
    assert all(one.state == theory.UNKNOWN and one.estimate != one.estimate for one in said.values())
    assert "own pages" in theory.steps(None)[0].said


def test_the_summary_counts_the_steps() -> None:
    seen, unclear = arrow("empathy_alliance", "correlation", 0.4, 0.3, 0.5), arrow(
        "alliance_staying", "standardised_difference", 0.1, -0.1, 0.3)  # fmt: skip
    assert theory.summary(theory.steps(table(seen, unclear))).startswith(
        "2 of the 10 steps can be worked out; 1 is seen"
    )
    assert theory.summary(theory.steps(table(seen))).startswith("The one step")
    assert theory.summary(theory.steps(table(unclear))).endswith("is not clear in these records")
    assert theory.summary(theory.steps(table())).startswith("None of the steps can be worked out")
    assert theory.summary(theory.steps(None)).startswith("The boxes hold what is published")


def test_an_estimate_without_a_range_is_said_and_what_has_no_estimate_is_named() -> None:
    def ranged(name: str, lower: float | None, upper: float | None):
        return arrow(name, "correlation", 0.4, lower, upper)

    everything = theory.summary(theory.steps(table(*(ranged(name, None, None) for name in theory.STEPS))))
    assert everything.startswith("Every step has an estimate below, but none has a range: too few coaches")
    two = theory.steps(table(ranged("empathy_alliance", None, None), ranged("alliance_staying", None, None)))
    said = theory.summary(two)
    assert said.startswith("2 of the 10 steps have an estimate but no range")
    assert ": Empathy to alliance, Alliance to staying. Not worked out: Alliance to engagement, " in said
    assert "can be worked out" not in said
    mixed = theory.summary(
        theory.steps(table(ranged("empathy_alliance", 0.3, 0.5), ranged("alliance_staying", None, None)))
    )
    lead = "The one step that can be worked out is seen in these records. 1 more has an estimate"
    assert mixed.startswith(lead)
    assert "Not worked out: Alliance to engagement" in mixed
    with language.spoken("es"):
        assert "Not worked out" not in theory.summary(two)


def test_a_box_says_its_value_and_people_or_why_there_is_none() -> None:
    empathy, _, _, staying = theory.PATHS[0][2]
    mean = {"stat": "mean", "estimate": 44.23, "n": 1032, "status": "shown"}
    band = {"stat": "share", "series": "band", "level": "lower", "estimate": 0.2, "n": 1032, "status": "shown"}
    found = theory.box(empathy, table(mean, band), 50)
    assert (found.value, found.unit, found.about) == ("44.2", "of 50", ("1,032 people",))
    ranged = theory.box(empathy, table({**mean, "lower": 44.0, "upper": 44.51}))
    assert ranged.about == ("Could be 44.0 to 44.5", "1,032 people")
    at = [{"stat": "share", "series": "stayed", "x": x, "estimate": y, "n": 9, "status": "rough"}
          for x, y in ((90, 0.8), (180, 0.64))]  # fmt: skip
    assert theory.box(staying, table(*at)).value == "~64%"
    assert theory.box(empathy, table({"stat": "mean", "status": "not_measured"})).value == "Not measured"
    ripple = theory.PATHS[1][2][3]
    box = theory.box(ripple, table({"stat": "rate", "status": "not_measured", "reason": "no_helping"}))
    assert (box.value, box.about) == ("Not measured", ("The records hold no event of helping others",))
    assert not theory.box(empathy, None).measured


def test_the_picture_places_numbers_on_one_scale_and_holds_what_lies_beyond_at_its_edge() -> None:
    import base64

    def drawn(*arguments: object) -> str:
        return base64.b64decode(arrow_mark(*arguments).partition(",")[2]).decode()  # type: ignore[arg-type]

    zero, one = 8 + (WIDTH - 16) / 3, WIDTH - 8
    picture = drawn("correlation", (0.0, -0.5, 3.0), None)
    assert f'cx="{zero:.1f}"' in picture
    assert f'd="M8.0 14H{one:.1f}"' in picture
    assert f'cx="{WIDTH / 2:.1f}"' in drawn("ratio", (1.0, 0.8, 1.2), None)
    assert "<rect" in drawn("correlation", (0.1, 0.0, 0.2), (0.5, 0.42, 0.57))
    assert arrow_mark("share", None, None) == ""
