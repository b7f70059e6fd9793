"""The ladder of the coin test: more noise, then fewer splits, then no outcomes, and a release that obeys."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disclosure import best_estimate, coin, noise
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.people import read_people
from pipelines.disclosure.plan import settle
from pipelines.disclosure.reader import ReleaseReader
from pipelines.disclosure.spec import load_spec
from pipelines.disclosure.truth import gather
from pipelines.questions import Question
from pipelines.release import build_release
from tests.pipelines.release_world import KEY, in_memory, settled, small_spec, world, write_home

TOO_MUCH, FINE = (0.66, 0.6), (0.65, 0.65)


def with_areas(monkeypatch, found):
    """Answer the test's measurements by width of the noise and split; count what was asked."""
    asked = []

    def areas(_spec, _truth, _key, parameters, variables):
        asked.append((parameters.noise, variables))
        return found.get((parameters.noise, variables), TOO_MUCH)

    monkeypatch.setattr(coin, "areas", areas)
    return asked


@pytest.mark.parametrize(
    ("found", "expected", "steps"),
    [
        ({(8, 2): FINE}, (8, 2), 1),
        ({(12, 2): FINE}, (12, 2), 2),
        ({(8, 1): FINE}, (8, 1), 3),
        ({(12, 1): FINE}, (12, 1), 4),
        ({}, (12, -1), 4),
        ({(8, 2): (0.6, 0.66), (12, 2): FINE}, (12, 2), 2),
    ],
)
def test_the_least_strict_setting_that_holds_is_taken(monkeypatch, found, expected, steps):
    asked = with_areas(monkeypatch, found)
    spec, truth = settled(world(300, 2))
    result = coin.coin_test(spec, truth, KEY)
    assert (result.noise, result.outcome_variables) == expected
    assert asked == [(8, 2), (12, 2), (8, 1), (12, 1)][:steps]


@pytest.mark.parametrize(
    ("found", "splits", "sentence"), [({}, None, "No outcomes"), ({(8, 1): FINE}, 1, "one dimension")]
)
def test_a_release_does_what_the_test_says(tmp_path, monkeypatch, found, splits, sentence):
    with_areas(monkeypatch, found)
    home = tmp_path / "home"
    write_home(home, world(500, 3))
    summary = build_release(home, spec=small_spec(tmp_path))
    assert sentence in " ".join(summary.sentences())
    reader = ReleaseReader(home)
    whole = reader.ask(Question("stayed_share"))
    heat_map = reader.ask(Question("stayed_by_alliance_and_self_efficacy"))
    assert (whole["status"].iloc[0] in ("shown", "rough")) == (splits == 1)
    assert heat_map["reason"].tolist() == ["not_declared"]
    assert reader.ask(Question("people_enrolled"))["status"].iloc[0] == "shown"
    assert reader.about()["outcome_pairs"] == ()


def test_a_release_uses_the_noise_the_test_asked_for(tmp_path, monkeypatch):
    with_areas(monkeypatch, {(12, 2): FINE})
    real, widths = noise.triangular, set()
    monkeypatch.setattr(noise, "triangular", lambda number, width: (widths.add(width), real(number, width))[1])
    home = tmp_path / "home"
    write_home(home, world(500, 3))
    assert build_release(home, spec=small_spec(tmp_path)).coin.noise == 12
    assert ReleaseReader(home).about()["noise"] == 12
    assert widths == {12}


def test_more_tables_than_can_be_attacked_are_refused(monkeypatch):
    monkeypatch.setattr(coin, "MOST_NUMBERS", 20)
    spec, truth = settled(world(400, 4))
    with pytest.raises(Exception, match="more outcome tables than the coin test can attack"):
        coin.areas(spec, truth, KEY, spec.parameters, 2)


@pytest.mark.parametrize("steps", [0, best_estimate.MOST_STEPS])
@pytest.mark.parametrize("hidden", [0.0, 0.1, 0.9, 1.0])
def test_the_best_weights_solve_the_whole_system(monkeypatch, steps, hidden):
    chance = np.random.default_rng(3)
    tables = [chance.integers(0, 4, 2_000) + 4 * place for place in range(5)]
    people = np.zeros((20, 20))
    for one in tables:
        for other in tables:
            np.add.at(people, (one, other), 1)
    secrets = (chance.normal(size=(2_000, 1)) + chance.normal(size=(2_000, 6)) > 0).astype(float)
    secrets[:, 5] = secrets[:, 4]  # two outcomes that are the same people
    law = np.cov(secrets.T, bias=True)
    is_shown = chance.random((6, 20)) >= hidden
    seen = chance.normal(0, 40, (6, 20)) * is_shown
    spread = np.kron(law, people)[np.ix_(is_shown.ravel(), is_shown.ravel())] + 15.3 * np.eye(is_shown.sum())
    wanted = np.zeros((6, 20))
    wanted[is_shown] = np.linalg.solve(spread, seen[is_shown])
    monkeypatch.setattr(best_estimate, "MOST_STEPS", steps)
    found = best_estimate.best_weights(law, best_estimate.shared_by(people), is_shown, seen, 15.3)
    assert np.allclose(found, wanted, rtol=1e-6, atol=1e-8)
    assert not found[~is_shown].any()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_the_area_is_that_of_all_pairs(people):
    score, secret = (np.array([each[place] for each in people], dtype=kind) for place, kind in ((0, float), (1, bool)))
    pairs = [(a > b) + (a == b) / 2 for a in score[secret] for b in score[~secret]]
    assert coin._area(score, secret) == pytest.approx(np.mean(pairs) if pairs else 0.5, abs=1e-12)


@pytest.mark.parametrize("bits", [0, coin.ONE_NUMBER])
def test_the_test_does_not_hang_on_the_order_of_the_records(monkeypatch, bits):
    monkeypatch.setattr(coin, "MOST_PEOPLE", 500)
    monkeypatch.setattr(coin, "ONE_NUMBER", bits)
    made = world(1_000, 4)
    found = []
    for order in (None, 5):
        full, people = read_people(in_memory(made, order), load_spec())
        truth = gather(people, full, KEY)
        spec, _ = settle(truth, Ledger(Path("none")), made.last_quarter)
        found.append(coin.areas(spec, truth, KEY, spec.parameters, 2))
    assert found[0] == found[1]
    assert 0.5 < found[0][0] < 1
