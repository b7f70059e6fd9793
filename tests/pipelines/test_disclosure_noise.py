"""The printed form of a count: the exact law of the noise, and what one printed number can say about the true one."""

import hashlib
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disclosure.derived import grain
from pipelines.disclosure.noise import (
    UNIT,
    draw,
    fingerprint_range,
    fingerprint_rows,
    mean_noise,
    printed,
    pub,
    triangular,
)
from pipelines.disclosure.row_hashes import TOGETHER, row_hashes
from pipelines.disclosure.spec import Parameters

GATE = Parameters()
numbers = st.integers(0, UNIT - 1)
keys = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("width", [5, 8, 12])
def test_the_noise_follows_the_triangular_law_exactly(width):
    total = (width + 1) ** 2
    middles = ((2 * place + 1) * UNIT // (2 * total) for place in range(total))
    drawn = Counter(triangular(number, width) for number in middles)
    assert drawn == {j: width + 1 - abs(j) for j in range(-width, width + 1)}
    mean = Fraction(sum(j * weight for j, weight in drawn.items()), total)
    variance = Fraction(sum(j * j * weight for j, weight in drawn.items()), total)
    assert (mean, variance) == (0, Fraction(width * (width + 2), 6))


def test_the_ends_of_the_unit_stay_inside_the_law():
    assert triangular(0, 8) == -8
    assert triangular(UNIT - 1, 8) == 8


@settings(deadline=None)
@given(st.integers(0, 10), numbers, keys)
def test_zero_prints_like_ten(count, number, key):
    assert printed(count, triangular(number, 8), GATE) is None
    assert pub(key, b"fp", "people", "all", count, GATE) is None


@settings(deadline=None)
@given(st.integers(11, 10**7), numbers)
def test_a_printed_count_is_a_multiple_of_five_from_15_and_at_most_ten_off(count, number):
    value = printed(count, triangular(number, 8), GATE)
    assert value % 5 == 0
    assert value >= 15
    assert abs(value - count) <= GATE.largest_error == 10


@settings(deadline=None)
@given(st.integers(11, 10**6), st.integers(8, 40), st.sampled_from([5, 10, 20]), numbers)
def test_tighter_settings_keep_their_own_bound(count, width, step, number):
    gate = Parameters(noise=width, rounding=step, printed_minimum=20)
    value = printed(count, triangular(number, width), gate)
    assert value % step == 0
    assert value >= 20
    assert abs(value - count) <= max(gate.largest_error, 20 - 11)


def weighted_mean(count):
    return Fraction(sum((9 - abs(j)) * printed(count, j, GATE) for j in range(-8, 9)), 81)


def test_there_is_no_bias_from_twenty_people_up():
    for count in range(23, 200):
        assert weighted_mean(count) - count == pytest.approx(0, abs=0.07)
    for count in (20, 21, 22):
        assert weighted_mean(count) - count == pytest.approx(0, abs=0.25)


def test_nearly_all_errors_are_five_or_less():
    errors = Counter()
    for count in range(100, 105):
        for j in range(-8, 9):
            errors[abs(printed(count, j, GATE) - count)] += 9 - abs(j)
    within = sum(weight for error, weight in errors.items() if error <= 5) / sum(errors.values())
    assert within == pytest.approx(0.83, abs=0.02)


def test_a_draw_hangs_on_key_cohort_measure_and_label():
    base = draw(b"k" * 32, b"f" * 32, "people", "gender=woman")
    assert base == draw(b"k" * 32, b"f" * 32, "people", "gender=woman")
    others = [
        draw(b"l" * 32, b"f" * 32, "people", "gender=woman"),
        draw(b"k" * 32, b"g" * 32, "people", "gender=woman"),
        draw(b"k" * 32, b"f" * 32, "stayed_90", "gender=woman"),
        draw(b"k" * 32, b"f" * 32, "people", "gender=man"),
        draw(b"k" * 32, b"f" * 32, "peopleg", "ender=woman"),
    ]
    assert len({base, *others}) == 6


def test_draws_fill_the_unit_evenly():
    places = [draw(b"k" * 32, b"f" * 32, "m", str(i)) * 10 // UNIT for i in range(20_000)]
    assert min(Counter(places).values()) > 1_800
    assert max(Counter(places).values()) < 2_200


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_the_fingerprint_ignores_order_and_notices_any_change(seed, n):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 256, (n, 12), dtype=np.uint8)
    key = b"k" * 32
    whole = fingerprint_rows(key, rows)
    assert fingerprint_rows(key, rows[rng.permutation(n)]) == whole
    changed = rows.copy()
    changed[n // 2, 3] ^= 1
    assert fingerprint_rows(key, changed) != whole
    assert fingerprint_rows(key, rows[:-1]) != whole
    assert fingerprint_rows(key, np.vstack([rows, rows[:1]])) != whole
    assert fingerprint_rows(key, np.vstack([rows, rows[:1], rows[:1]])) != whole
    assert fingerprint_rows(b"l" * 32, rows) != whole
    assert fingerprint_range(key, [whole]) != whole


@settings(deadline=None)
@given(numbers, st.integers(30, 10**5))
def test_the_noise_of_a_mean_is_at_most_three_people_wide(number, people):
    assert abs(mean_noise(number, 1, 5, people)) <= 4 * 3 / people


@pytest.mark.parametrize(
    ("low", "high", "people", "step"), [(1, 5, 400, 0.02), (10, 40, 375, 0.2), (0, 60, 55, 5.0), (0, 80, 1000, 0.2)]
)
def test_means_are_rounded_to_one_two_or_five(low, high, people, step):
    assert grain(low, high, people) == pytest.approx(step)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64), st.integers(1, 128), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_hashes_of_many_rows_are_those_of_hashlib(key, width, n, seed):
    rows = np.random.default_rng(seed).integers(0, 256, (n, width), dtype=np.uint8)
    assert row_hashes(key, rows).astype("<u8").tobytes() == by_hashlib(key, rows)


def test_hashes_do_not_hang_on_how_many_rows_are_hashed_together():
    rows = np.random.default_rng(1).integers(0, 256, (2 * TOGETHER + 3, 56), dtype=np.uint8)
    assert row_hashes(b"k" * 32, rows).astype("<u8").tobytes() == by_hashlib(b"k" * 32, rows)


def by_hashlib(key, rows):
    return b"".join(hashlib.blake2b(row.tobytes(), key=key, digest_size=32).digest() for row in rows)


@pytest.mark.parametrize(("key", "width"), [(b"", 8), (b"k" * 65, 8), (b"k", 0), (b"k", 129)])
def test_a_key_or_row_that_does_not_fit_is_refused(key, width):
    with pytest.raises(ValueError, match="bytes"):
        row_hashes(key, np.zeros((1, width), dtype=np.uint8))
