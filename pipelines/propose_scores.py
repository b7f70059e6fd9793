"""Total scores that stand in a column of their own: which questionnaire a heading names, and the rule that reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.column_profile import ColumnProfile, SourceProfile, fold
from pipelines.guess import Guess, may_be_total, says_mean
from pipelines.instruments import Instrument
from pipelines.proposal import Rule

LEAST_NUMBERS = 0.95
"""Share of filled cells that must be numbers for a column to be guessed as a score."""
_ABOUT_THE_FORM = frozenset(
    {"complete", "completed", "status", "date", "timestamp", "version", "wave", "coach", "session"}
)
"""Words at the end of a heading that names a form and is none of its scores, such as REDCap's `phq_9_complete`."""


def guessed(columns: Sequence[ColumnProfile], registry: Mapping[str, Instrument]) -> dict[str, list[Instrument]]:
    """Return the questionnaires each heading names whose range of totals its numbers keep to; mostly one.

    A short name that stands there in full goes before the beginning of one: `WAI-SR` is not `WAI-S`.
    """
    found = {}
    for column in columns:
        named = [each for each in registry.values() if _is_named(column.heading, each) and factor(column, each)]
        named = [each for each in named if _is_named_in_full(column.heading, each)] or named
        about_the_form = fold(column.heading).rpartition(" ")[2] in _ABOUT_THE_FORM
        if named and not about_the_form and column.share(column.numbers) >= LEAST_NUMBERS:
            found[column.heading] = named
    return found


def factor(column: ColumnProfile, instrument: Instrument) -> float | None:
    """Return what the numbers of a column are multiplied by to be totals: 1, or what turns sums into means or back.

    None if they fit neither way. Whole numbers alone are no means of several items, but a code or a count. Where the
    heading says that they are means they are no sums, also where they would fit the range of sums.
    """
    if says_mean(column.heading) and instrument.aggregate in ("sum", "mean"):
        times = 1.0 if instrument.aggregate == "mean" else float(instrument.n_items)
        return times if _in_range(column, instrument, times) else None
    tried = 1 / instrument.n_items if instrument.aggregate == "mean" else float(instrument.n_items)
    are_means = instrument.aggregate == "sum" and column.whole < column.numbers
    fits = (1.0, tried) if instrument.aggregate == "mean" or are_means else (1.0,)
    return next((times for times in fits if _in_range(column, instrument, times)), None)


def no_totals(columns: Sequence[ColumnProfile], registry: Mapping[str, Instrument]) -> list[ColumnProfile]:
    """Return the columns that would be taken for scores, did their headings not say that they hold means."""
    return [
        column
        for column in columns
        if says_mean(column.heading)
        and column.share(column.numbers) >= LEAST_NUMBERS
        and (may_be_total(column.heading) or any(_is_named(column.heading, each) for each in registry.values()))
    ]


def rule(source: SourceProfile, column: ColumnProfile, instrument: Instrument, who: Guess, day: Guess) -> Rule:
    """Return the rule of a total in a column, without its episode; `who` and `day` name the row together."""
    names = list(dict.fromkeys([*who.headings, *day.headings]))
    key = {"join": names, "between": f" {instrument.instrument_id} "}
    score = Rule("assessments", source.file.stem, [], {"filled": [column.heading]})
    score.evidence = f"{column.filled:,} scores of {instrument.short_name}"
    score.guesses = [
        Guess("assessment_id", tuple(names), key, 0.5, "made of person, questionnaire and date"),
        Guess.constant("instrument_id", instrument.instrument_id, "the questionnaire of this column"),
        day.as_column("date", day.evidence),
        Guess.constant("rater", instrument.raters[0], "its usual rater: check"),
        Guess.constant("status", "complete", "a form with a score"),
        Guess("total", (column.heading,), _cell(column, instrument), 0.5, f"{column.numbers:,} numbers"),
    ]
    if source.column(who.headings[0]).is_key:
        score.guesses.append(Guess.constant("wave", "intake", "one row per person: check"))
    return score


def _cell(column: ColumnProfile, instrument: Instrument) -> object:
    times = factor(column, instrument) or 1.0
    return column.heading if times == 1 else {"from": column.heading, "times": times}


def _is_named(heading: str, instrument: Instrument) -> bool:
    """Tell whether a heading holds the short name of a questionnaire, with or without what follows its first word."""
    words, short = fold(heading).split(), fold(instrument.short_name).split()
    return short[0] in words or "".join(short) in words


def _is_named_in_full(heading: str, instrument: Instrument) -> bool:
    words, short = fold(heading), fold(instrument.short_name)
    return f" {short} " in f" {words} " or short.replace(" ", "") in words.split()


def _in_range(column: ColumnProfile, instrument: Instrument, times: float) -> bool:
    low, high = column.low, column.high
    if low is None or high is None:
        return False
    return instrument.scale_min <= low * times and high * times <= instrument.scale_max
