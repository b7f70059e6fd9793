"""The sentences: every branch, a finding only where the range excludes zero, and no word that should not be read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import notes, sentences, words
from pipelines.estimate_table import estimate_table
from tests.dashboard.examples import FakeAnswers, Question

ROOT = Path(__file__).resolve().parents[2]
Row = dict[str, object]


def share(x: float, value: float, level: str = "", **more: object) -> Row:
    row: Row = {"stat": "share", "series": "stayed", "level": level, "x": x, "estimate": value, "n": 200, "events": 60}
    return row | {"lower": value - 0.05, "upper": value + 0.05, "status": "shown", "shape": "step", **more}


def difference(level: str, value: float, lower: float, upper: float, x: float = 180) -> Row:
    row: Row = {"stat": "difference", "level": level, "x": x, "estimate": value, "lower": lower, "upper": upper}
    return row | {"n": 400, "events": 120, "status": "shown"}


def hidden(status: str = "hidden", **more: object) -> pd.DataFrame:
    return estimate_table([{"stat": "share", "status": status, "shape": "step", **more}])


def two(gap: Row, high: float = 0.63, low: float = 0.32) -> pd.DataFrame:
    rows = [share(x, v, level) for level, v in (("higher", high), ("lower", low)) for x in (0, 180)]
    return estimate_table([*rows, gap])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.48, "About half of people stayed to 6 months (48%)"),
        (0.45, "About half of people stayed to 6 months (45%)"),
        (0.62, "About 6 in 10 people stayed to 6 months (62%)"),
        (0.26, "About 1 in 4 people stayed to 6 months (26%)"),
        (0.34, "About 1 in 3 people stayed to 6 months (34%)"),
        (0.97, "Almost all people stayed to 6 months (97%)"),
        (0.03, "Fewer than 1 in 20 people stayed to 6 months (3%)"),
    ],
)
def test_one_group(value: float, said: str) -> None:
    assert sentences.title("staying", estimate_table([share(0, 1.0), share(170, value), share(200, value)])) == said


def test_one_group_rough() -> None:
    table = estimate_table([share(0, 1.0), share(180, 0.48, status="rough")])
    assert sentences.staying(table) == "About half of people stayed to 6 months (~48%)"


def test_a_line_that_stops_before_the_horizon_says_nothing_about_it() -> None:
    table = estimate_table([share(0, 1.0), share(179, 0.7)])
    assert sentences.staying(table) == "Too few people to show how many stayed to 6 months"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("hidden", "Too few people to show how many stayed to 6 months"),
        ("immature", "Too early to say how many stayed to 6 months"),
        ("not_measured", "How many stayed to 6 months: not measured"),
        ("not_applicable", "Not published for these filters: how many stayed to 6 months"),
    ],
)
def test_one_group_that_cannot_be_shown(status: str, said: str) -> None:
    assert sentences.staying(hidden(status)) == said


def test_an_empty_table_says_too_few() -> None:
    assert sentences.staying(estimate_table([])).startswith("Too few people")


def test_clear_difference_between_bands() -> None:
    table = two(difference("higher|lower", 0.31, 0.2, 0.42))
    said = sentences.title("staying_by", table, what="early alliance", bands=True)
    assert said == "People with higher early alliance stayed longer: 63% to 6 months, against 32% with lower"
    assert len(said.split()) <= 16


def test_clear_difference_the_other_way_round() -> None:
    table = two(difference("higher|lower", -0.31, -0.42, -0.2), high=0.32, low=0.63)
    said = sentences.staying_by(table, what="early alliance", bands=True)
    assert said == "People with lower early alliance stayed longer: 63% to 6 months, against 32% with higher"


def test_no_clear_difference_between_bands() -> None:
    table = two(difference("higher|lower", 0.05, -0.02, 0.12), high=0.5, low=0.45)
    said = sentences.staying_by(table, what="early alliance", bands=True)
    assert said == "No clear difference at 6 months between people with higher (50%) and lower (45%) early alliance"


def test_hidden_difference_between_bands() -> None:
    gap = {"stat": "difference", "level": "higher|lower", "x": 180, "status": "hidden", "reason": "few_people"}
    assert sentences.staying_by(two(gap), what="early alliance", bands=True) == (
        "Too few people to compare staying by early alliance"
    )


def test_the_middle_band_alone_is_not_compared() -> None:
    table = two(difference("middle|lower", 0.31, 0.2, 0.42))
    assert sentences.widest(table, 180) is None


def three(p: float | None, *gaps: Row) -> pd.DataFrame:
    values = {"alcohol": 0.6, "opioid": 0.4, "stimulant": 0.55}
    rows = [share(x, value, level) for level, value in values.items() for x in (0, 180)]
    if p is not None:
        rows.append({"stat": "p_value", "series": "log_rank", "estimate": p, "status": "shown"})
    return estimate_table([*rows, *gaps])


GAPS = (difference("opioid|alcohol", -0.2, -0.3, -0.1), difference("stimulant|alcohol", -0.05, -0.15, 0.05))
NAMES = {"alcohol": "Alcohol", "opioid": "Opioids", "stimulant": "Stimulants"}


def test_categories_differ_only_if_range_and_test_agree() -> None:
    said = sentences.staying_by(three(0.001, *GAPS), what="main substance", names=NAMES)
    assert said == "Staying differs by main substance: 60% (Alcohol) against 40% (Opioids) stayed to 6 months"


@pytest.mark.parametrize("p", [0.2, None])
def test_the_widest_of_several_differences_needs_the_test_beside_it(p: float | None) -> None:
    said = sentences.staying_by(three(p, *GAPS), what="main substance", names=NAMES)
    assert said == "No clear difference in staying to 6 months by main substance"


def test_a_small_p_without_a_clear_pair_is_no_finding() -> None:
    said = sentences.staying_by(three(0.001, GAPS[1]), what="main substance", names=NAMES)
    assert said == "No clear difference in staying to 6 months by main substance"


@settings(deadline=None, max_examples=40)
@given(
    estimate=st.floats(-0.6, 0.6),
    below=st.floats(0, 0.5),
    above=st.floats(0, 0.5),
    bands=st.booleans(),
)
def test_a_finding_is_said_exactly_when_the_range_excludes_zero(
    estimate: float, below: float, above: float, bands: bool
) -> None:
    table = two(difference("higher|lower", estimate, estimate - below, estimate + above))
    said = sentences.staying_by(table, what="early alliance", bands=bands)
    clear = estimate - below > 0 or estimate + above < 0
    assert said.startswith("No clear difference") is not clear
    assert ("longer" in said or "differs" in said) is clear


def test_where_people_are() -> None:
    rows = [
        share(180, value, series=code)
        for code, value in (("in_program", 0.3), ("completed", 0.14), ("left_early", 0.48), ("moved_on", 0.08))
    ]
    said = sentences.title("where", estimate_table(rows))
    assert said == "At 6 months, 30% are still in the program, 14% have completed it and 48% left early"
    assert sentences.where(hidden("immature")) == "Too early to say where people are"
    ends = estimate_table([share(100, 0.3, series="in_program"), share(100, 0.7, series="left_early")])
    assert sentences.where(ends) == "Too few people are followed to 6 months to say where people are then"


def bar(level: str, value: float, half: float = 0.05) -> Row:
    row: Row = {"stat": "share", "level": level, "estimate": value, "lower": value - half, "upper": value + half}
    return row | {"n": 300, "status": "shown", "shape": "bar"}


def test_reasons() -> None:
    clear = estimate_table([bar("dropped_out", 0.5), bar("transferred", 0.2), bar("not_recorded", 0.6)])
    done = clear.assign(level=clear["level"].replace("dropped_out", "completed"))
    assert sentences.title("reasons", done) == "The most common recorded reason is completing the program (50%)"
    recorded = done[done["level"].ne("not_recorded")]
    assert sentences.title("reasons", recorded) == sentences.title("reasons", done)
    assert sentences.title("reasons", clear) == "The most common recorded reason is “stopped coming” (50%)"
    close = estimate_table([bar("dropped_out", 0.3), bar("transferred", 0.25)])
    assert sentences.reasons(close) == "No one recorded reason stands out"
    assert sentences.reasons(estimate_table([bar("not_recorded", 0.9)])) == "Too few people to show why people left"


def test_scores_and_their_bands() -> None:
    rows: list[Row] = [{"stat": "mean", "estimate": 4.12, "lower": 4.04, "upper": 4.2, "n": 300, "status": "shown"}]
    said = sentences.title("score", estimate_table(rows), what="early alliance", scale=(1.0, 5.0))
    assert said == "On average, early alliance is 4.1 out of 5 (could be 4.0 to 4.2)"
    assert sentences.score(hidden("not_measured"), what="early empathy") == "Early empathy: not measured"
    bands = [
        bar(level, value) | {"series": "band"} for level, value in (("lower", 0.2), ("middle", 0.3), ("higher", 0.5))
    ]
    said = sentences.title("bands", estimate_table(bands), what="early alliance")
    assert said == "About half of people have a higher early alliance score (50%)"


@pytest.mark.parametrize(
    ("lower", "middle", "higher", "said"),
    [
        (0.25, 0.38, 0.36, "Early alliance scores are spread: 25% lower, 38% middle, 36% higher"),
        (0.05, 0.44, 0.51, "Few people have a lower early alliance score (5%)"),
        (0.52, 0.45, 0.03, "Few people have a higher early alliance score (3%)"),
        (0.14, 0.42, 0.44, "Few people have a lower early alliance score (14%)"),
    ],
)
def test_bands_of_which_none_is_clearly_the_largest(lower: float, middle: float, higher: float, said: str) -> None:
    shares = {"lower": lower, "middle": middle, "higher": higher}
    rows = [bar(level, value) | {"series": "band"} for level, value in shares.items()]
    assert sentences.bands(estimate_table(rows), what="early alliance") == said


def test_bands_of_which_nothing_is_known_to_be_few_or_many() -> None:
    wide = [
        bar(level, value, half=0.2) | {"series": "band"}
        for level, value in (("lower", 0.52), ("middle", 0.36), ("higher", 0.12))
    ]
    unclear = "No band of early alliance scores is clearly the most common"
    assert sentences.bands(estimate_table(wide), what="early alliance") == unclear
    two = [bar("lower", 0.33) | {"series": "band"}, bar("higher", 0.35) | {"series": "band"}]
    assert sentences.bands(estimate_table(two), what="early alliance") == unclear


def corners(gap: Row, high: int = 60, low: int = 60, status: str = "shown") -> pd.DataFrame:
    cells = [
        share(150, value, f"{level}|{level}", n=n, shape="cell", status=status)
        for level, value, n in (("higher", 0.63, high), ("lower", 0.18, low))
    ]
    return estimate_table([*cells, gap])


CLEAR = difference("higher|higher - lower|lower", 0.45, 0.3, 0.6, 150)


def test_heat_map_corners() -> None:
    assert sentences.title("both_scores", corners(CLEAR)) == (
        "When early alliance and self-efficacy are both higher, 63% stay to 6 months; when both are lower, 18% do"
    )
    unclear = difference("higher|higher - lower|lower", 0.1, -0.1, 0.3, 150)
    assert sentences.both_scores(corners(unclear)) == (
        "No clear difference at 6 months between people with both early scores higher (63%) and both lower (18%)"
    )


@pytest.mark.parametrize("table", [corners(CLEAR, high=29), corners(CLEAR, low=29), corners(CLEAR, status="rough")])
def test_heat_map_corners_of_few_people_are_not_compared(table: pd.DataFrame) -> None:
    assert sentences.both_scores(table).endswith("too few people to compare")


def test_heat_map_without_a_corner_or_a_difference() -> None:
    assert sentences.both_scores(hidden()).endswith("too few people to compare")
    assert sentences.both_scores(corners(CLEAR).iloc[:2]).endswith("too few people to compare")


@pytest.mark.parametrize(
    ("slope", "lower", "upper", "said", "between"),
    [
        (
            24.6,
            10.0,
            40.0,
            "Each extra point of early alliance goes with about 25 more people in every 100",
            "10 to 40",
        ),
        (
            -24.6,
            -40.0,
            -10.0,
            "Each extra point of early alliance goes with about 25 fewer people in every 100",
            "10 to 40",
        ),
        (1.2, 0.5, 2.0, "Each extra point of early alliance goes with about 1 more person in every 100", "0.5 to 2.0"),
        (
            0.3,
            0.1,
            0.5,
            "Each extra point of early alliance goes with less than 1 more person in every 100",
            "0.1 to 0.5",
        ),
    ],
)
def test_slope(slope: float, lower: float, upper: float, said: str, between: str) -> None:
    row: Row = {"stat": "slope", "estimate": slope, "lower": lower, "upper": upper, "n": 300, "status": "shown"}
    title = sentences.title("dose", estimate_table([row]), what="early alliance")
    assert title == f"{said} staying to 6 months (could be {between})"


def test_slope_that_may_be_nothing() -> None:
    row: Row = {"stat": "slope", "estimate": 5, "lower": -2, "upper": 12, "n": 300, "status": "shown"}
    said = sentences.dose(estimate_table([row]), what="early alliance")
    assert said == "No clear link between early alliance and staying to 6 months"
    assert sentences.dose(hidden(), what="early alliance").startswith("Too few people to say whether")


def test_small_group_is_told_in_counts_given_by_the_table_alone() -> None:
    count: Row = {"stat": "count", "x": 180, "estimate": 17, "n": 17, "events": 6, "status": "rough"}
    assert sentences.small_group(estimate_table([count])) == "6 of 17 people followed to 6 months had left early"
    assert sentences.small_group(estimate_table([count | {"x": 90}])) is None
    assert sentences.small_group(hidden()) is None


def period(level: str, value: float, half: float, status: str = "shown") -> Row:
    if status != "shown":
        return {"stat": "share", "level": level, "status": status}
    row: Row = {"stat": "share", "level": level, "estimate": value, "n": 200, "status": "shown"}
    return row | {"lower": value - half, "upper": value + half}


def test_change_between_periods() -> None:
    up = estimate_table([period("2024-H1", 0.4, 0.02), period("2024-H2", 0.5, 0.02)])
    assert sentences.change(up) == "Up from 40% in Jan–Jun 2024"
    down = estimate_table([period("2024-H1", 0.5, 0.02), period("2024-H2", 0.4, 0.02)])
    assert sentences.change(down) == "Down from 50% in Jan–Jun 2024"
    same = estimate_table([period("2024-H1", 0.45, 0.05), period("2024-H2", 0.5, 0.05)])
    assert sentences.change(same) == "No clear change since Jan–Jun 2024"
    assert sentences.change(estimate_table([period("2024-H1", 0.45, 0.05)])) == ""
    early = estimate_table([period("2024-H1", 0.45, 0.05), period("2024-H2", 0, 0, "immature")])
    assert sentences.change(early) == ""


def test_alternative_text_says_where_the_numbers_are() -> None:
    assert sentences.alt("A title") == "A title. Full numbers are in the table under the chart."


def test_unknown_kind() -> None:
    with pytest.raises(KeyError):
        sentences.title("ranking", estimate_table([]))


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0%"), (0.001, "under 1%"), (0.125, "13%"), (0.994, "99%"), (0.997, "over 99%"), (1.0, "100%")],
)
def test_percent(value: float, said: str) -> None:
    assert words.percent(value) == said


def test_numbers_periods_and_names() -> None:
    assert words.percent_range(0.451, 0.452) == "45%"
    assert words.people(1) == "1 person"
    assert words.people(1284) == "1,284 people"
    assert words.period("2026-Q2") == "April–June 2026"
    assert words.period("2024-H1", short=True) == "Jan–Jun 2024"
    assert words.period("all") == "all"
    assert words.name("dropped_out") == "Stopped coming"
    assert words.name("controlled", {"controlled": "Controlled setting"}) == "Controlled setting"
    assert words.joined(["a", "b", "c"]) == "a, b and c"
    assert words.joined([]) == ""


ABOUT = {"records_to": "2026-Q2", "version": "records-0001", "floor": 5}


def test_notes_stand_in_their_order_and_tell_what_is_hidden() -> None:
    cells: list[Row] = [
        {"stat": "share", "level": "lower|lower", "shape": "cell", "status": "hidden", "reason": "below_threshold"},
        {"stat": "share", "level": "higher|higher", "shape": "cell", "status": "rough", "estimate": 0.5, "n": 25},
        {"stat": "count", "series": "left_before", "estimate": 278, "n": 278, "status": "shown"},
        {"stat": "count", "series": "immature", "status": "hidden", "reason": "below_threshold"},
    ]
    found = dict(notes.notes(estimate_table(cells), ABOUT, more={"Read with care": "x.", "Missing": ""}))
    assert list(found) == ["Not shown", "Hidden", "Read with care", "Source"]
    assert found["Not shown"] == "278 people who left before day 30."
    assert found["Hidden"].startswith("1 of 2 groups, because it rests on, or would give away, a count of fewer than 5")
    assert found["Read with care"] == "x. ~ rests on few people, so the figure is rough."
    assert found["Source"] == "program records to April–June 2026, version records-0001."


def test_notes_say_where_a_line_stops_and_who_did_not_answer() -> None:
    rows = [share(0, 1.0), share(220, 0.4)]
    rows.append({"stat": "at_risk", "series": "", "x": 270, "status": "hidden", "reason": "few_at_risk"})
    live = dict(notes.notes(estimate_table(rows), ABOUT))["Not shown"]
    assert live == "Lines stop where too few people are still being followed (from month 8)."
    given_out = [{**row, "source": "release 0123456789ab"} for row in rows]
    assert dict(notes.notes(estimate_table(given_out), ABOUT))["Not shown"] == (
        "Lines stop where no further point can be published: too few more people left early, or too few are still "
        "being followed (from month 8)."
    )
    later = [share(0, 1.0, "b"), share(250, 0.5, "b")]
    later.append(
        {"stat": "share", "level": "b", "x": 300, "shape": "step", "status": "hidden", "reason": "few_at_risk"}
    )
    both = dict(notes.notes(estimate_table([*rows, *later]), ABOUT))["Not shown"]
    assert both.endswith("(the first from month 8).")
    answered = FakeAnswers().ask(Question("response_rate"))
    n, k = answered["n"].iloc[0], answered["events"].iloc[0]
    assert notes.answered(answered, "alliance", "early alliance") == (
        f"{int(n - k)} of {int(n)} people still in on day 30 have no early alliance score."
    )
    assert notes.answered(hidden(), "alliance", "early alliance") == ""


BANNED = re.compile(
    r"\b(clients?|patients?|addicts?|addicted|abusers?|junk(?:y|ie)s?|non-?compliant|drop(?:ped)? ?outs?|dropouts?|"
    r"relapsed?|relapses|substance abuse|drug of choice|substitution therapy|poor performers?|weak performers?|"
    r"improves?|improved|predicts?|predicted|impacts?|impacted|leads to|drives|darker|confidence interval|p-values?)\b",
    re.IGNORECASE,
)
CAUSAL_OR_JUDGING = re.compile(r"\b(clean|dirty|effects?|failed|failures?|N/A)\b", re.IGNORECASE)
CODES = re.compile(r"^[A-Za-z0-9_.]+$|stroke")


def strings(path: Path) -> list[str]:
    """Return the texts a person could read in a module: string constants, without docstrings, codes and markup."""
    tree = ast.parse(path.read_text())
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    texts = [str(n.value) for n in constants if id(n) not in documented]
    return [text for text in texts if not CODES.search(text) and not text.lstrip().startswith("<script")]


FOLDERS = (".", "ui", "views", "charts")
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / "dashboard" / folder).glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_that_should_not_be_read(path: Path) -> None:
    found = [(match[0], text) for text in strings(path) for match in BANNED.finditer(text)]
    found += [(match[0], text) for text in strings(path) for match in CAUSAL_OR_JUDGING.finditer(text)]
    assert found == []


def test_the_word_list_finds_what_it_should() -> None:
    for text in ("five clients", "they dropped out", "alliance improves staying", "this leads to", "clean for a year"):
        assert BANNED.search(text) or CAUSAL_OR_JUDGING.search(text), text
    for text in ("people who left early", "goes with", "cleaned" and "People stayed"):
        assert not BANNED.search(text), text


def ratios(
    value: float, lower: float | None, upper: float | None, *, p: float = 0.5, status: str = "shown"
) -> pd.DataFrame:
    numbers: Row = {"estimate": value, "lower": lower, "upper": upper, "n": 400, "events": 120}
    row: Row = {"stat": "ratio", "series": "adjusted", "status": status, "shape": "point"}
    test: Row = {"stat": "p_value", "series": "proportional_hazards", "estimate": p, "n": 400, "status": "shown"}
    return estimate_table([row | (numbers if status == "shown" else {"reason": "few_events"}), test])


def test_a_ratio_is_said_only_where_its_range_excludes_one_and_it_stays_the_same_over_time() -> None:
    what = "early alliance"
    less = sentences.ratio(ratios(0.74, 0.66, 0.83), what=what)
    assert less == (
        "Other recorded differences held equal, people one step higher in early alliance still left early less often: "
        "0.74 times as often (could be 0.66 to 0.83)"
    )
    assert "more often: 1.40 times" in sentences.ratio(ratios(1.4, 1.1, 1.8), what=what)
    unclear = sentences.ratio(ratios(0.9, 0.7, 1.1), what=what)
    assert unclear.startswith("No clear link between early alliance and leaving early once other")
    changing = sentences.ratio(ratios(0.74, 0.66, 0.83, p=0.01), what=what)
    assert "changes over time" in changing
    assert "0.74" not in changing
    assert "too few coaches" in sentences.ratio(ratios(0.74, None, None), what=what)
    assert sentences.ratio(ratios(0, 0, 0, status="hidden"), what=what).startswith("Too few people")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((9.4, 3.2, 15.6), "stayed about 9 days longer of the 150 days after day 30 (could be 3 to 16)"),
        ((-9.4, -15.6, -3.2), "stayed about 9 days less long of the 150 days after day 30 (could be 3 to 16)"),
        ((2.0, -3.0, 7.0), "No clear link between early alliance and how long people stay"),
    ],
)
def test_where_the_ratio_changes_over_time_the_days_are_said(days, said) -> None:
    more: Row = {"stat": "difference", "series": "days", "x": 150, "status": "shown", "shape": "point", "n": 400}
    more |= dict(zip(("estimate", "lower", "upper"), days, strict=True))
    table = ratios(0.74, 0.66, 0.83, p=0.01)
    told = sentences.ratio(estimate_table(pd.concat([table, estimate_table([more])])), what="early alliance")
    assert said in told
    assert "0.74" not in told
