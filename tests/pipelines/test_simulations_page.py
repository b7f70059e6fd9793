"""The simulation page and a small version of what it reports. Referees: its own printed lines, and the promised rates.

The full studies run with `make validate`; here sixty programs of two of them, with bounds as wide as sixty ask for.
"""

from __future__ import annotations

import re
from functools import cache, partial

import numpy as np
import pytest

from dashboard.glossary import entry
from pipelines.definitions import definition
from pipelines.measures import MEASURES
from pipelines.simulate.parameters import METHODS
from pipelines.simulate.readme import measured
from tests.validate.simulated_programs import NOTHING_GOES_WITH_ALLIANCE, SEED
from tests.validate.simulation_intervals import DEFAULT, STRONG, Limits, alliance_tests, limits_of_day_90
from tests.validate.simulation_results import PAGE, Result, rows, share, table
from tests.validate.simulations import STUDIES

REPLICATES = 60


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_printed_result_keeps_the_line_printed_beside_it() -> None:
    printed = rows(page())
    passed = [row for row in printed if row.verdict == "passed"]
    assert len(passed) >= 25
    for row in passed:
        assert row.keeps_its_line(), row
    assert {row.verdict for row in printed} == {"passed", "reported"}
    assert all(row.line == "–" for row in printed if row.verdict == "reported")


def test_every_study_is_on_the_page_with_seed_date_and_versions() -> None:
    sections = page().split("\n## ")[1:]
    assert [one.split("\n", 1)[0] for one in sections] == [study.heading for study in STUDIES.values()]
    for one in sections:
        assert re.search(rf"Seed {SEED}; 20\d\d-\d\d-\d\d; Python 3\.\d+\.\d+, numpy ", one)
        assert rows(one)


@pytest.mark.parametrize("words", ["95 % range", "landmark test"])
def test_the_lines_that_must_pass_rest_on_a_thousand_programs(words: str) -> None:
    passed = [row for row in rows(page()) if words in row.question and row.verdict == "passed"]
    assert passed
    assert all(row.replicates == 1000 for row in passed)


def test_a_result_beyond_its_line_fails_and_is_read_as_such() -> None:
    inside, beyond = share("a", "b", [True] * 95 + [False] * 5, 93, 97), share("a", "c", [True] * 99 + [False], 93, 97)
    least = Result("a", "d", 10, -0.5, 0.1, lower=-0.4, digits=2)
    assert [one.verdict for one in (inside, beyond, least)] == ["passed", "FAILED", "FAILED"]
    read = rows(table([inside, beyond, least]))
    assert [one.keeps_its_line() for one in read] == [True, False, False]
    assert [one.value for one in read] == [95.0, 99.0, -0.5]
    with pytest.raises(ValueError, match="not a pass line"):
        rows(table([share("a", "b", [True])]))[0].keeps_its_line()


def measured_share(question: str, setting: str) -> float:
    """Return the one result of the page whose question and setting hold these words, in per cent."""
    (found,) = (row.value for row in rows(page()) if question in row.question and setting in row.setting)
    return found


def test_what_the_pages_say_of_few_coaches_is_what_was_measured() -> None:
    said = definition("few_coaches")
    for coaches, name in ((10, "of_ten"), (50, "of_fifty")):
        alarms = measured_share("landmark test", f"{coaches} coaches, {STRONG}; clustered")
        assert said.number(name) == round(100 / alarms)
        assert f"1 in {said.number(name)}" in said.words
    for construct in ("alliance", "self_efficacy", "empathy", "empowerment"):
        assert said.words in MEASURES[f"ratio_{construct}"].cautions
    held = measured_share("95 % range", f"2,000 people, 50 coaches, {DEFAULT}; people taken as independent")
    assert f"about {round(held, -1):.0f} of 100 programs" in entry("range").limits


@cache
def sixty_programs() -> list[Limits]:
    draw = partial(limits_of_day_90, people=2000, parameters=METHODS, stream=3)
    return [draw(number) for number in range(REPLICATES)]


def test_ranges_over_coaches_hold_the_truth_and_ranges_over_people_do_not() -> None:
    true = measured()["methods", "latent", "km_90"].value
    clustered = sum(one.clustered[0] <= true <= one.clustered[1] for one in sixty_programs())
    naive = sum(one.naive[0] <= true <= one.naive[1] for one in sixty_programs())
    # Sixty draws of a chance of .95: below 51 happens once in a thousand. Of a chance of .7: 51 or more once in 200.
    assert clustered >= 51
    assert naive < 51


def test_fifty_coaches_seldom_make_an_alarm_of_nothing() -> None:
    draw = partial(alliance_tests, people=2000, parameters=NOTHING_GOES_WITH_ALLIANCE, stream=6)
    alarms = sum(draw(number).clustered < 0.05 for number in range(REPLICATES))
    # Sixty draws of a chance of .05: more than 9 happens once in a thousand.
    assert alarms <= 9


def test_alliance_that_does_matter_is_found() -> None:
    draw = partial(alliance_tests, people=2000, parameters=METHODS, stream=6)
    found = sum(draw(number).clustered < 0.05 for number in range(10))
    assert found >= 8


def test_about_five_coaches_get_no_clustered_range() -> None:
    found = [limits_of_day_90(number, people=200, parameters=METHODS, stream=5) for number in range(10)]
    assert not np.isfinite([one.clustered for one in found]).any()
    assert all(one.naive[0] < one.naive[1] for one in found)
