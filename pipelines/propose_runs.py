"""Columns that belong together: called alike but for a number, or declared as one matrix by a data dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines import schema
from pipelines.column_profile import ColumnProfile, SourceProfile, fold
from pipelines.guess import Guess, vocabulary, words_as_written
from pipelines.instruments import Instrument
from pipelines.mapping_rules import NUMBER
from pipelines.proposal import Rule
from pipelines.staging import ColumnGroup

SHORTEST_RUN = 4
LEAST_ANSWERS = 0.75
"""Share of the answers in each column of a declared matrix that must be in range: codes for missing ones are not."""
LEAST_MARKS = 0.5
"""Share of filled cells that must be marks of attendance for a run to be read as weeks."""
_NUMBERED = re.compile(r"(.*?)(\d{1,2})(\D*)")
_WEEKS = frozenset({"wk", "week", "session", "visit", "w", "s", "meeting", "contact"})


@dataclass(frozen=True, slots=True)
class Run:
    """Columns called alike but for a number from 1 on: `pattern` with {n} in it and how many there are.

    Where a data dictionary declares them as one matrix, `group` says so; the pattern of columns that are not numbered
    is "matrix" and the name of the matrix.
    """

    pattern: str
    columns: tuple[str, ...]
    group: ColumnGroup | None = None


def find_runs(source: SourceProfile) -> list[Run]:
    """Return the runs of columns of a source, no column in two: at least four numbered from 1 on, and matrices.

    A matrix gives way to numbered columns that hold all of it, for a questionnaire may be asked on two pages; but
    numbered columns in which matrices have different answers are different questionnaires.
    """
    numbered = _numbered_runs(source)
    groups = {frozenset(group.columns): group for group in source.file.groups}
    runs = []
    for run in numbered:
        held = [group for columns, group in groups.items() if columns <= set(run.columns)]
        if len({(group.lowest, group.highest) for group in held}) < 2:
            runs.append(replace(run, group=groups.get(frozenset(run.columns))))
    taken = {heading for run in runs for heading in run.columns}
    matrices = [group for columns, group in groups.items() if not columns & taken]
    return runs + [Run(f"matrix {group.name}", group.columns, group) for group in matrices]


def _numbered_runs(source: SourceProfile) -> list[Run]:
    found: dict[tuple[str, str], dict[int, str]] = {}
    for column in source.columns:
        match = _NUMBERED.fullmatch(column.heading)
        if match and match[2] == str(int(match[2])):
            found.setdefault((match[1], match[3]), {})[int(match[2])] = column.heading
    runs = []
    for (before, after), by_number in found.items():
        length = next(n for n in range(1, 101) if n not in by_number) - 1
        if length >= SHORTEST_RUN:
            names = tuple(by_number[n] for n in range(1, length + 1))
            runs.append(Run(f"{before}{NUMBER}{after}", names))
    return runs


def instrument_of(run: Run, source: SourceProfile, registry: Mapping[str, Instrument]) -> Instrument | None:
    """Return the instrument whose name a run carries and whose number of items and range it fits, if it is one.

    A declared matrix carries the names of the matrix and its form too, and must declare the range of the instrument;
    where a single instrument has its number of items and that range, it needs no name.
    """
    words = fold(run.pattern.replace(NUMBER, " ")).split()
    together = "".join(words)
    profiles = [source.column(heading) for heading in run.columns]
    least = 1.0 if run.group is None else LEAST_ANSWERS
    fits = [each for each in registry.values() if each.n_items == len(profiles) and _in_range(profiles, each, least)]
    if run.group is not None:
        words += fold(run.group.words).split()
        declared = (run.group.lowest, run.group.highest)
        fits = [each for each in fits if (each.item_min, each.item_max) == declared]
        if len(fits) == 1:
            return fits[0]
    named = [
        each
        for each in fits
        if fold(each.instrument_id).split()[0] in words
        or (len(together) > 2 and each.instrument_id.replace("_", "").startswith(together))
    ]
    return named[0] if len(named) == 1 else None


def items_rule(source: SourceProfile, run: Run, instrument: Instrument, person: Guess, day: Guess) -> Rule:
    """Return the rule of a questionnaire answered in a row, without its episode."""
    low, high = f"{instrument.item_min:g}", f"{instrument.item_max:g}"
    answered = sum(source.column(heading).filled for heading in run.columns)
    names = list(dict.fromkeys([*person.headings, *day.headings]))
    key = {"join": names, "between": f" {instrument.instrument_id} "}
    rule = Rule("assessments", source.file.stem, [], {"filled": list(run.columns)})
    rule.items = {"columns": list(run.columns)}
    outside = answered - sum(_answers(source.column(heading), instrument) for heading in run.columns)
    within = f"all from {low} to {high}"
    if outside:
        within = f"{outside:,} of them not from {low} to {high}: name codes for missing answers in settings.missing"
    rule.evidence = f"{len(run.columns)} columns, {answered:,} answers, {within}"
    rule.guesses = [
        Guess("assessment_id", tuple(names), key, 0.5, "made of person and date"),
        Guess.constant("instrument_id", instrument.instrument_id, _why(run)),
        day.as_column("date", day.evidence),
        Guess.constant("rater", instrument.raters[0], "its usual rater: check"),
        Guess.constant("status", "complete", "a form with answers"),
    ]
    if source.column(person.headings[0]).is_key:
        rule.guesses.append(Guess.constant("wave", "intake", "one row per person: check"))
    return rule


def _why(run: Run) -> str:
    """Return what speaks for a questionnaire."""
    count = len(run.columns)
    return f"{count} items called so" if run.group is None else f"{count} items in one matrix of the data dictionary"


def is_attendance(run: Run, source: SourceProfile) -> bool:
    """Tell whether a run is called as weeks or sessions are and mostly holds marks of attendance."""
    profiles = [source.column(heading) for heading in run.columns]
    filled = sum(profile.filled for profile in profiles)
    called = set(fold(run.pattern.replace(NUMBER, " ")).split()) & _WEEKS
    return bool(called) and filled > 0 and filled - marks_of(profiles)[2] >= LEAST_MARKS * filled


def marks_of(profiles: Sequence[ColumnProfile]) -> tuple[list[str], dict[str, str], int]:
    """Return the spellings that mean attended, our word for the others, and how many cells are neither."""
    spelled = words_as_written(profiles, vocabulary("sessions", schema.SESSIONS.column("status")))
    held = [word for word, ours in spelled.items() if ours == "attended"]
    others = {word: ours for word, ours in spelled.items() if ours != "attended"}
    left_out = sum(count for p in profiles for word, count in p.words.items() if word not in spelled)
    left_out += sum(profile.filled for profile in profiles if not profile.words)
    return held, others, left_out


def week_rules(
    source: SourceProfile, run: Run, person: Guess, start: Guess
) -> tuple[dict[str, object], list[Rule], int]:
    """Return the view that turns weeks into rows, the rules of its sessions without episode, and cells left out."""
    view: dict[str, object] = {"unpivot": source.file.stem, "columns": list(run.columns), "number": "week"}
    view |= {"value": "mark", "date": "planned_day", "start": start.cell}
    held, others, left_out = marks_of([source.column(heading) for heading in run.columns])
    evidence = f"{len(run.columns)} columns by week"
    key = Guess("session_id", (), {"join": [*person.headings, "week"]}, 0.5, "made of person and week")
    planned = Guess("scheduled_date", (), "planned_day", 0.5, "the start and 7 days a week")
    rules = []
    if held:
        status = Guess.constant("status", "attended", f"{len(held)} spellings in the list")
        guesses = [key, planned, planned.as_column("occurred_date", "as planned"), status]
        rules.append(
            Rule("sessions", f"{source.file.stem}_by_week", guesses, {"where": {"mark": held}}, evidence=evidence)
        )
    if others:
        cell: dict[str, object] = {"from": "mark", "values": others, "other": "unknown"}
        guesses = [key, planned, Guess("status", (), cell, 0.5, f"{len(others)} spellings in the list")]
        rules.append(
            Rule(
                "sessions", f"{source.file.stem}_by_week", guesses, {"where": {"mark": list(others)}}, evidence=evidence
            )
        )
    return view, rules, left_out


def _in_range(profiles: Sequence[ColumnProfile], instrument: Instrument, least: float) -> bool:
    """Tell whether at least this share of the answers of every column are numbers in the instrument's range."""
    filled = [profile for profile in profiles if profile.filled]
    return bool(filled) and all(_answers(profile, instrument) >= least * profile.filled for profile in filled)


def _answers(profile: ColumnProfile, instrument: Instrument) -> int:
    """Return how many cells of a column are numbers in the instrument's range, as far as counts tell."""
    low, high = profile.low, profile.high
    if low is None or high is None:
        return 0
    if instrument.item_min <= low and high <= instrument.item_max:
        return profile.numbers
    numbers = ((_number(word), times) for word, times in profile.words.items())
    return sum(times for number, times in numbers if number is not None and _holds(instrument, number))


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _holds(instrument: Instrument, answer: float) -> bool:
    return instrument.item_min <= answer <= instrument.item_max


def _recognised(profiles: Sequence[ColumnProfile], column: str) -> float:
    """Return the share of filled cells whose word is in the list of a column of sessions."""
    words = vocabulary("sessions", schema.SESSIONS.column(column))
    known = sum(count for p in profiles for word, count in p.words.items() if fold(word) in words)
    filled = sum(profile.filled for profile in profiles)
    return known / filled if filled else 0.0
