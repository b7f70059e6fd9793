"""The ladder of the coin test: more noise, then fewer splits, then no outcomes, and a release that obeys."""

import pytest

from pipelines.disclosure import coin, noise
from pipelines.disclosure.reader import ReleaseReader
from pipelines.questions import Question
from pipelines.release import build_release
from tests.pipelines.release_world import KEY, settled, small_spec, world, write_home

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
