"""What is remembered equals what would be answered, is worked ahead while nobody waits, and cannot be changed."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pandas as pd
import pytest

from dashboard import remembered, settled_memory
from dashboard.answers import Dimension, Fault, InputFault, Question
from dashboard.remembered import Remembered

SITES = Dimension("site", "Site", (("a", "Ashgrove"), ("b", "Birchwood")))
AGES = Dimension("age_band", "Age", (("18-24", "18-24"),))
REFUSED = (("site", ("b",)),)


class Reader:
    """Answers with the place of a question among all that were asked, and refuses one filter."""

    version = "records-0001"

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def ask(self, question: Question) -> pd.DataFrame:
        self.asked.append(question)
        if question.where == REFUSED:
            raise InputFault(Fault("filters", "are not published together", "Remove one."))
        return pd.DataFrame({"estimate": [float(len(self.asked))], "level": [question.cohort_text]})

    def dimensions(self) -> list[Dimension]:
        return [SITES, AGES]

    def about(self) -> dict[str, object]:
        return {"people": 12}


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(remembered, "SETTLED_SECONDS", 0.0)


def until_done(answers: Remembered) -> None:
    """Wait until what was put off has been worked out."""
    for thread in threading.enumerate():
        if thread.name == remembered.WORKER:
            thread.join(5)
    assert not answers._next


def test_a_question_is_answered_once() -> None:
    reader = Reader()
    answers = Remembered(reader)
    first, again = answers.ask(Question("staying_curve")), answers.ask(Question("staying_curve"))
    assert reader.asked == [Question("staying_curve")]
    pd.testing.assert_frame_equal(first, again)
    assert answers.about() == {"people": 12}
    assert answers.version == "records-0001"


def test_changing_an_answer_changes_nothing_that_is_remembered() -> None:
    answers = Remembered(Reader())
    taken = answers.ask(Question("staying_curve"))
    taken.loc[0, "estimate"] = 99.0
    taken["level"] = "changed"
    again = answers.ask(Question("staying_curve"))
    assert again["estimate"].tolist() == [1.0]
    assert again["level"].tolist() == ["all"]


def test_every_category_of_the_filters_is_worked_ahead_and_a_refusal_is_left_for_who_asks() -> None:
    reader = Reader()
    answers = Remembered(reader, ahead=("site",))
    answers.ask(Question("staying_curve", by=("cohort",)))
    until_done(answers)
    wheres = [(("site", ("a",)),), REFUSED]
    assert reader.asked[1:] == [Question("staying_curve", by=("cohort",), where=where) for where in wheres]
    answers.ask(Question("staying_curve", by=("cohort",), where=wheres[0]))
    assert len(reader.asked) == 3
    with pytest.raises(InputFault):
        answers.ask(Question("staying_curve", by=("cohort",), where=REFUSED))


def test_memory_is_settled_once_when_all_is_worked_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, settled = Reader(), []
    monkeypatch.setattr(settled_memory, "settle", lambda: settled.append(len(reader.asked)))
    answers = Remembered(reader, ahead=("site",))
    answers.ask(Question("staying_curve"))
    until_done(answers)
    assert settled == [3]


def test_settling_collects_what_nobody_holds_even_if_it_was_set_apart_before() -> None:
    class Holder:
        def __init__(self) -> None:
            self.itself = self

    holder = Holder()
    gone = weakref.ref(holder)
    settled_memory.settle()
    assert gc.get_freeze_count() > 1_000
    del holder
    gc.collect()
    assert gone() is not None  # set apart: an ordinary collection does not look at it
    settled_memory.settle()
    assert gone() is None


def test_the_collector_still_looks_at_new_objects_but_seldom() -> None:
    before = gc.get_threshold()
    try:
        settled_memory.collect_seldom()
        young, *older = gc.get_threshold()
        assert 700 < young <= 50_000
        assert tuple(older) == before[1:]
        collected = gc.get_stats()[0]["collections"]
        kept = [[number] for number in range(4 * young)]
        assert collected < gc.get_stats()[0]["collections"] <= collected + 5
        assert len(kept) == 4 * young
    finally:
        gc.set_threshold(*before)


def test_questions_with_filters_are_not_worked_ahead() -> None:
    reader = Reader()
    answers = Remembered(reader, ahead=("site", "age_band"))
    answers.ask(Question("staying_curve", where=(("age_band", ("18-24",)),)))
    until_done(answers)
    assert len(reader.asked) == 1


def test_what_takes_long_is_not_worked_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "LONGEST_SECONDS", -1.0)
    reader = Reader()
    answers = Remembered(reader, ahead=("site",))
    answers.ask(Question("ratio_alliance"))
    until_done(answers)
    assert reader.asked == [Question("ratio_alliance")]


def test_those_who_ask_the_same_at_once_are_answered_together() -> None:
    both, told = threading.Barrier(2), []

    class Slow(Reader):
        def ask(self, question: Question) -> pd.DataFrame:
            time.sleep(0.2)  # the other visitor asks meanwhile
            return super().ask(question)

    reader = Slow()
    answers = Remembered(reader)

    def visitor() -> None:
        both.wait()
        told.append(answers.ask(Question("staying_curve"))["estimate"].tolist())

    threads = [threading.Thread(target=visitor) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [[1.0], [1.0]]
    assert len(reader.asked) == 1
    assert not answers._turns


def test_a_refusal_is_told_to_everybody_who_asks() -> None:
    reader = Reader()
    answers = Remembered(reader)
    for _ in range(2):
        with pytest.raises(InputFault):
            answers.ask(Question("staying_curve", where=REFUSED))
    assert len(reader.asked) == 2
    assert not answers._turns


def test_the_oldest_answers_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_ROWS", 2)
    reader = Reader()
    answers = Remembered(reader)
    for name in ("one", "two", "one", "three"):
        answers.ask(Question(name))
    assert [question.measure for question in reader.asked] == ["one", "two", "three"]
    answers.ask(Question("one"))
    assert len(reader.asked) == 3
    answers.ask(Question("two"))
    assert len(reader.asked) == 4


def test_answers_to_many_threads_are_their_own() -> None:
    answers = Remembered(Reader(), ahead=("site",))
    wrong: list[str] = []

    def visitor(number: int) -> None:
        for turn in range(50):
            name = f"filter {(number + turn) % 7}"
            table = answers.ask(Question("staying_curve", where=(("cohort", (name,)),)))
            if table["level"].tolist() != [f"cohort={name}"]:
                wrong.append(name)

    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
