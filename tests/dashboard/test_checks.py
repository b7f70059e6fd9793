"""Further checks of a ratio: drawings hold the cells of hand-made tables, and each sentence keeps its rule."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from dashboard import notes, sentences_checks, theme, twins_checks, words
from dashboard.charts import checks
from dashboard.charts.rows import Line, Scale, ratios, rows
from pipelines.estimate_table import estimate_table
from tests.dashboard import check_examples

WHAT = "early alliance"
TRAITS = {"gender": "Gender", "housing": "Housing", "site": "Site"}
NAMES = {"gender": {"woman": "Women", "man": "Men", "nonbinary": "Nonbinary people"}}
UNMEASURED = [{"stat": "ratio", "status": "not_measured", "shape": "point"}]


def table(made: list[dict[str, Any]]) -> pd.DataFrame:
    return estimate_table(made)


def without_ranges(made: list[dict[str, Any]]) -> pd.DataFrame:
    return table([{**row, "lower": None, "upper": None} for row in made])


def texts(drawn: dict[str, Any]) -> list[str]:
    return [note["text"] for note in drawn["layout"]["annotations"]]


def dots(drawn: dict[str, Any]) -> list[float]:
    """Return where the dots stand, from the top down."""
    return [trace["x"][0] for trace in reversed(drawn["data"]) if trace["mode"] == "markers"]


def ranges(drawn: dict[str, Any]) -> list[list[float]]:
    return [trace["x"] for trace in reversed(drawn["data"]) if trace["mode"] == "lines"]


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("mode", theme.MODES)
def test_rows_are_the_table_and_a_hidden_one_is_words_alone(mode: str, beside: bool) -> None:
    held = table(check_examples.groups())
    lines = [Line("<b>A</b>", held.iloc[0]), Line("Of them"), Line("B", held.iloc[2])]
    drawn = rows(lines, ratios("Times as often"), mode, beside=beside)
    assert dots(drawn) == [0.6]
    assert ranges(drawn) == [pytest.approx([0.4, 0.8])]
    said = " ".join(texts(drawn))
    assert "Hidden: too few people" in said
    assert "&lt;b&gt;A" in said
    assert "<b>A</b>" not in said, "a name cannot be markup"
    low, high = (10**end for end in drawn["layout"]["xaxis"]["range"])
    assert low < 0.4 < 1 < high
    heights = [trace["y"][0] for trace in reversed(drawn["data"]) if trace["mode"] == "markers"]
    assert heights[0] > 1, "the first line is the highest"


def test_the_words_on_both_sides_always_have_room() -> None:
    far = table([check_examples.sessions(0.12, 0.01)[0]])
    for scale, place in ((ratios(""), 0.0), (Scale("", ("a", "b"), (-0.1, 0.1), 0.0, words.signed), 0.0)):
        low, high = rows([Line("", far.iloc[0])], scale)["layout"]["xaxis"]["range"]
        assert (place - low) / (high - low) >= 0.2
        assert (high - place) / (high - low) >= 0.2


def test_ticks_keep_their_words_apart_on_a_wide_and_on_a_narrow_scale() -> None:
    for half in (0.05, 0.4, 0.68):
        drawn = checks.exits(table(check_examples.exits(0.7, 3.0, half)))
        axis = drawn["layout"]["xaxis"]
        span = axis["range"][1] - axis["range"][0]
        places = pd.Series(axis["tickvals"]).map(math.log10)
        assert (places.diff().dropna() / span).min() >= 0.16
        assert 1.0 in axis["tickvals"]


def test_people_without_a_score_are_rows_from_the_lowest_guess_to_the_highest() -> None:
    held = table(check_examples.missing())
    drawn = checks.missing(held)
    assert dots(drawn)[:2] == [0.73, 0.74]
    assert dots(drawn)[2:] == pytest.approx([0.73 + 0.02 * step for step in range(-6, 7)])
    said = texts(drawn)
    assert {"3 lower", "As people alike", "0.5 higher", "3 higher"} <= set(said)
    twin = twins_checks.missing(held)
    assert twin.rows[0] == ("People with a score, as they are", "0.73", "0.65 to 0.81", "400", "100")
    assert ("Without a score", "60% stayed", "55% to 65%", "100", "") in twin.rows
    assert twin.rows[-1] == ("Not clear from: higher", "No shift does", "", "", "")


def test_what_is_said_of_people_without_a_score() -> None:
    def said(*args: float) -> str:
        return sentences_checks.missing(table(check_examples.missing(*args)), what=WHAT)

    assert said() == "Weighing in people without a score changes little for early alliance: 0.73 becomes 0.74"
    assert said(0.734, 0.728) == (
        "Weighing in people without a score does not change the ratio for early alliance: 0.73 with and without"
    )
    assert said(0.73, 0.60).startswith("Weighing in people without a score changes the size of the link")
    # Within the range of the first, yet no longer clear: 0.80 to 0.96 becomes 0.87 to 1.03.
    assert said(0.88, 0.95).endswith("0.88 becomes 0.95 and is no longer clear")
    assert said(0.95, 0.88).endswith("0.95 becomes 0.88 and is clear now")
    assert "too few coaches" in sentences_checks.missing(without_ranges(check_examples.missing()), what=WHAT)
    made = [row for row in check_examples.missing() if row["series"] not in ("weighted", "shifted_lower")]
    nobody = {"series": "weighted", "stat": "ratio", "status": "not_applicable", "reason": "none_missing"}
    everybody = sentences_checks.missing(table([*made, nobody]), what=WHAT)
    assert everybody == "Everybody still in the program on day 30 has a score of early alliance"
    few = {"series": "weighted", "stat": "ratio", **check_examples.hidden("below_threshold")}
    assert sentences_checks.missing(table([*made, few]), what=WHAT).startswith("Too few people without a score")
    assert "not measured" in sentences_checks.missing(table(UNMEASURED), what=WHAT)


def test_where_the_answer_would_tip_is_said_in_standard_deviations() -> None:
    def said(*args: Any, **more: Any) -> str:
        return sentences_checks.tipping(table(check_examples.missing(*args, **more)))

    assert said() == "Even missing scores 3 standard deviations away from our guesses would leave the link clear."
    assert said(tips=1.2) == (
        "Only if missing scores were at least 1.2 standard deviations higher than guessed would the link not be clear."
    )
    assert said(0.95, 0.95).startswith("The link is not clear to begin with")
    assert sentences_checks.tipping(without_ranges(check_examples.missing())) == (
        "Even missing scores 3 standard deviations away from our guesses would leave the ratio on its side of 1."
    )
    assert sentences_checks.tipping(without_ranges(check_examples.missing(tips=2))).endswith("would the ratio reach 1.")
    assert sentences_checks.tipping(table(UNMEASURED)) == ""


def test_groups_stand_under_their_trait_and_only_tests_say_that_they_differ() -> None:
    held = table(check_examples.groups())
    drawn = checks.groups(held, traits=TRAITS, names=NAMES)
    assert dots(drawn) == pytest.approx([0.6, 0.7, 0.6, 0.7, 0.6, 0.7])
    said = texts(drawn)
    assert {"<b>Gender</b>", "<b>Housing</b>", "<b>Site</b>", "Women", "Nonbinary people", "Ashgrove"} <= set(said)
    assert said.count("Hidden: too few people") == 1
    twin = twins_checks.groups(held, traits=TRAITS, names=NAMES)
    assert twin.rows[0] == ("Gender: Women", "0.60", "0.40 to 0.80", "300", "75", "0.200", "0.400")
    assert twin.rows[2] == ("Gender: Nonbinary people", "Hidden", "", "", "", "", "")
    assert sentences_checks.groups(held, what=WHAT, names=TRAITS) == (
        "No clear sign that the link with early alliance differs between groups (3 tests held together)"
    )
    differs = table(check_examples.groups(0.03))
    assert sentences_checks.groups(differs, what=WHAT, names=TRAITS) == (
        "The link with early alliance differs by gender (3 tests held together)"
    )
    untested = table([row for row in check_examples.groups() if row["stat"] == "ratio"])
    assert sentences_checks.groups(untested, what=WHAT, names=TRAITS).endswith("too few coaches for tests")
    assert sentences_checks.groups(table([]), what=WHAT, names=TRAITS).startswith("Too few people")


def test_one_code_hidden_in_one_trait_and_shown_in_another_is_counted_as_hidden() -> None:
    made = check_examples.groups()
    for row in made:
        row["level"] = "other" if row.get("level") in ("nonbinary", "stable") else row.get("level", "")
    said = notes.hidden_words(table(made), {"floor": 5})
    assert said == "1 of 7 groups, with too few people for a figure."


def test_sessions_are_several_answers_to_one_question() -> None:
    held = table(check_examples.sessions())
    drawn = checks.sessions(held)
    assert dots(drawn) == pytest.approx([0.70, 0.71, 0.72])
    assert "Score up to the second session  <b>0.70</b>" in texts(drawn)
    assert twins_checks.sessions(held).rows[0] == ("Up to the second", "0.70", "0.60 to 0.80", "500", "125", "50", "0")
    assert sentences_checks.sessions(held, what=WHAT) == (
        "All 3 answers lie between 0.70 and 0.72: after every session, people one step higher in early alliance left "
        "early less often"
    )
    alike = [row | {"estimate": 0.7} if row["stat"] == "ratio" else row for row in check_examples.sessions()]
    assert sentences_checks.sessions(table(alike), what=WHAT).startswith("All 3 answers are 0.70: after every session")
    one = [alike[0], *({**row, **check_examples.hidden("few_events")} for row in alike[2::2])]
    assert sentences_checks.sessions(table(one), what=WHAT).startswith(
        "The one answer that can be shown (of 3) is 0.70: people one step higher in early "
    )
    assert sentences_checks.sessions(table(one[:1] + alike[2:4]), what=WHAT).startswith("Both answers are 0.70: after")
    later = table([{"stat": "ratio", "status": "not_applicable", "reason": "known_later"}])
    assert sentences_checks.sessions(later, what=WHAT).endswith("these people are chosen by what is known only later")


def test_every_way_out_is_drawn_twice_and_only_ranges_speak() -> None:
    held = table(check_examples.exits())
    drawn = checks.exits(held)
    assert dots(drawn) == pytest.approx([0.7, 1.2, 1.0, 0.73, 1.23, 1.03])
    assert len(ranges(drawn)) == 3, "the share ratio has none"
    assert "Hidden: too few exits" in texts(drawn)
    said = sentences_checks.exits(held, what=WHAT)
    assert said == "One step higher in early alliance, people left early less often and completed more often"
    unclear = table(check_examples.exits(0.95, 1.05))
    assert sentences_checks.exits(unclear, what=WHAT) == "No way out goes clearly with early alliance"
    assert "too few coaches" in sentences_checks.exits(without_ranges(check_examples.exits()), what=WHAT)
    twin = twins_checks.exits(held)
    assert twin.rows[0] == ("Left early", "0.70", "0.60 to 0.80", "0.73", "under 0.001", "400", "100")
    assert twin.rows[-1][:4] == ("Moved on", "Hidden", "", "")


def test_both_scores_together_say_more_only_where_a_range_does() -> None:
    held = table(check_examples.both())
    assert dots(checks.both(held)) == [0.74, 0.83, 0.95]
    nothing = "No clear sign that the two scores together go with more or less than each alone"
    assert sentences_checks.both(held) == nothing
    assert sentences_checks.both(table(check_examples.both(people=4.0))) == (
        "Both scores higher go with about 4 more people in every 100 staying than the two alone add up to"
    )
    assert "about 1 fewer person in every 100" in sentences_checks.both(table(check_examples.both(people=-1.2, half=1)))
    assert "is lower, 0.80 times per step" in sentences_checks.both(table(check_examples.both(0.8)))
    assert "too few coaches" in sentences_checks.both(without_ranges(check_examples.both()))
    assert twins_checks.both(held).rows[-1][:3] == ("People in every 100 beyond the two alone", "+0.5", "−1.0 to +2.0")


@pytest.mark.parametrize("reason", ["none_missing", "range_includes_one", "never_tips", "known_later", "few_events"])
def test_every_reason_has_words(reason: str) -> None:
    said = words.why_not("not_applicable", reason)
    assert said != "Not available"
    assert "_" not in said
