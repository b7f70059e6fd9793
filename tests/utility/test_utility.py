"""What protection costs stays within what was designed, and the page says what is measured today."""

from __future__ import annotations

import numpy as np
import pytest

from tests.utility.measured import Tables, made_up, rest, utilities
from tests.utility.methods import ALTERNATIVES, OURS
from tests.utility.page import PAGE, SAMPLE, SIZES, rest_row, section, title

SIZE = 3_000


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_up(SIZE)


def test_no_cell_of_eleven_is_lost_and_no_count_is_further_off_than_ten(tables: Tables) -> None:
    large = tables.of_people & (tables.n >= 11)
    off = np.abs(tables.printed_n - tables.n)[large]
    assert not np.isnan(off).any()
    assert off.max() <= 10
    assert np.quantile(off, 0.95) <= 8
    assert (off <= 5).mean() > 0.8
    with_outcome = ~np.isnan(tables.printed_k)
    assert np.abs(tables.printed_k - tables.k)[with_outcome].max() <= 10


def test_rates_and_curves_are_near_enough_to_be_used(tables: Tables) -> None:
    ours = utilities(tables)[OURS]
    assert ours.rate_error < 1.5
    assert ours.one_way_error < 0.01
    found = rest(tables)
    assert found.point_error < 1
    assert found.point_error_p95 < 5


def test_alternatives_show_what_their_rules_say() -> None:
    chance = np.random.default_rng(1)
    n, k = np.array([0.0, 7, 8, 11, 12, 40]), np.array([0.0, 1, 8, 0, 11, 29])
    printed = {name: method(n, k, chance) for name, method in ALTERNATIVES.items()}
    nothing = np.nan
    expected = {
        "under 11 hidden, the rest exact": ([nothing] * 3 + [11, 12, 40], [nothing] * 5 + [29]),
        "1 to 7 starred, nearest 5, zero shown": ([0, nothing, 10, 10, 10, 40], [0, nothing, 10, 0, 10, 30]),
        "under 11 hidden, nearest 5, no noise": ([nothing] * 3 + [10, 10, 40], [nothing] * 5 + [30]),
    }
    for name, (people, with_it) in expected.items():
        np.testing.assert_array_equal(printed[name][0], people)
        np.testing.assert_array_equal(printed[name][1], with_it)
    noisy = printed["cell key within 2, zeros kept"][0]
    assert noisy[0] == 0
    assert np.abs(noisy - n).max() <= 2


def test_the_page_holds_every_program_and_todays_numbers(tables: Tables) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [size for size in (SAMPLE, *SIZES) if f"## {title(size)}\n" not in text] == []
    assert section(SIZE, utilities(tables)) in text
    assert rest_row(SIZE, tables, rest(tables)) in text
