"""What pages keep beside one version of the data: made once for each question, and never without end."""

from __future__ import annotations

import pytest

from dashboard.ui import data
from tests.dashboard.examples import FakeAnswers


def test_what_is_asked_twice_is_made_once_and_shared() -> None:
    edition, made = data.Edition(FakeAnswers()), []

    def make(*asked: object) -> list[object]:
        made.append(asked)
        return list(asked)

    assert not edition.known(make, ("one", 1))
    first = edition.kept(make, ("one", 1))
    assert edition.known(make, ("one", 1))
    assert edition.kept(make, ("one", 1)) is first
    assert edition.kept(make, ("one", 2)) == ["one", 2]
    assert edition.kept(lambda *asked: "other", ("one", 1)) == "other", "another maker is another question"
    assert made == [("one", 1), ("one", 2)]


def test_the_thing_longest_unused_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "MOST_KEPT", 2)
    edition = data.Edition(FakeAnswers())
    for asked in ("a", "b", "a", "c"):
        edition.kept(str.upper, (asked,))
    assert [edition.known(str.upper, (asked,)) for asked in "abc"] == [True, False, True]


def test_what_failed_is_not_kept() -> None:
    edition = data.Edition(FakeAnswers())
    with pytest.raises(ValueError, match="invalid literal"):
        edition.kept(int, ("x",))
    assert not edition.known(int, ("x",))
