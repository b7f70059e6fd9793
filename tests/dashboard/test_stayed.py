"""The share who stayed to six months is one number, whoever says it.

Referee: the published curve of the sample read by hand; its share of complete cohorts, which rests on fewer people.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from dashboard import stayed, theory, words
from dashboard.answers import Question, open_answers
from dashboard.report import build_report, indicators
from pipelines.disclosure.reader import ReleaseReader

CURVE = pd.DataFrame(
    [
        {"stat": "share", "series": "stayed", "level": "", "x": 0.0, "estimate": 1.0, "n": 900, "shape": "line"},
        {"stat": "share", "series": "stayed", "level": "", "x": 180.0, "estimate": 0.65, "n": 300, "shape": "line"},
    ]
).assign(status="shown")
SHARE = CURVE[1:].assign(estimate=0.64, n=500, shape="point")


def ask(**tables: pd.DataFrame) -> tuple[list[str], stayed.Callable[[str], pd.DataFrame]]:
    """Return the measures asked for, and what answers with `tables`."""
    asked: list[str] = []

    def answer(measure: str) -> pd.DataFrame:
        asked.append(measure)
        return tables[measure]

    return asked, answer


def test_a_line_that_is_drawn_to_the_day_goes_first_with_the_people_it_starts_with() -> None:
    asked, answer = ask(staying_curve=CURVE, stayed_share=SHARE)
    table = stayed.table_to(180, answer)
    row = table.set_index("x").loc[180.0]
    assert (row["estimate"], stayed.people(table, row), asked) == (0.65, 900, ["staying_curve"])


@pytest.mark.parametrize("held", [CURVE[:1], CURVE.assign(status=["shown", "hidden"])], ids=["ends", "hidden"])
def test_the_share_itself_stands_where_the_line_is_not_drawn_so_far(held: pd.DataFrame) -> None:
    table = stayed.table_to(180, ask(staying_curve=held, stayed_share=SHARE)[1])
    row = table.iloc[0]
    assert (row["estimate"], stayed.people(table, row)) == (0.64, 500)


def test_a_figure_is_told_the_people_of_a_share_that_is_no_point_of_its_line() -> None:
    assert stayed.people_beside(CURVE[:1], SHARE) == 500
    assert stayed.people_beside(CURVE, SHARE) is None
    assert stayed.people_beside(CURVE[:1], CURVE[:1]) is None


def test_people_that_are_not_shown_are_none() -> None:
    assert stayed.people(SHARE, SHARE.iloc[0].replace(500, float("nan"))) is None


def test_the_box_of_the_theory_reads_a_live_curve_between_two_of_its_steps(sample_home: Path) -> None:
    """Only if somebody left on that very day does a stepped curve have a row of it; in the sample nobody did."""
    staying = theory.PATHS[0][2][3]
    steps = pd.concat([CURVE, CURVE[1:].assign(x=200.0, estimate=0.6)])
    steps = steps.assign(shape="step", lower=0.5, upper=0.8, reason="")
    steps["x"] = steps["x"].replace(180.0, 170.0)
    assert theory.box(staying, steps).value == "65%"
    assert not theory.box(staying, steps[steps["x"].lt(180)]).measured, "a line that ends before says nothing"
    live = open_answers("manager", sample_home)
    curve = live.ask(Question("staying_curve"))
    assert not (curve["stat"].eq("share") & curve["x"].eq(180)).any()
    share = live.ask(Question("stayed_share")).set_index("x").loc[180.0, "estimate"]
    assert theory.box(staying, curve).value == words.percent(share)


def test_a_release_says_one_share_in_the_box_of_the_theory_and_in_the_report(sample_home: Path) -> None:
    released = ReleaseReader(sample_home)
    curve = released.ask(Question("staying_curve"))
    line = curve[curve["stat"].eq("share") & curve["level"].eq("")].set_index("x")
    share = released.ask(Question("stayed_share")).set_index("x").loc[180.0]
    said, people = words.percent(line.loc[180.0, "estimate"]), int(line.loc[0.0, "n"])
    assert (words.percent(share["estimate"]), int(share["n"])) != (said, people)
    staying = theory.PATHS[0][2][3]
    box = theory.box(staying, stayed.everyone_to(180, released))
    assert (box.value, box.about[-1]) == (said, words.people(people))
    assert f'<p class="number">{said}</p>' in indicators.four_numbers(released)
    row = next(line for line in indicators.table(released).split("<tr>") if "Stayed to 6 months" in line)
    assert re.fullmatch(rf".*<td>{said}</td>.*<td>{people:,}</td></tr>.*", row)
    assert f"({said}; could be" in build_report(released)
