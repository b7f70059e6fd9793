"""The columns of added files, one row each: what it is called, what it is taken for, what was found in it."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard import import_gate, import_steps, words
from dashboard.found_words import found
from dashboard.import_gate import Choices, ColumnProfile, Look, SourceProfile, evidence, targets
from dashboard.language import noted, say
from dashboard.ui import import_words
from dashboard.ui.plain import plain

OPEN_UP_TO = 40
"""Columns of all files together up to which every file is unfolded; beyond it only those with something to check."""
HEADLESS = noted(
    "<strong>The headings look like cells.</strong> If this file has no row of headings, add one at the top and add "
    "the file again."
)
WIDTHS = (3, 4, 5)
_LEVELS = {"good": noted("Looks right."), "check": noted("Check."), "out": noted("Not read.")}
Place = tuple[str, str]


@dataclass
class Chosen:
    """What is chosen in all files, and a place in each to say what is read from it."""

    targets: dict[Place, str] = field(default_factory=dict)
    words: dict[Place, dict[str, str]] = field(default_factory=dict)
    dates: dict[Place, str] = field(default_factory=dict)
    runs: dict[Place, str] = field(default_factory=dict)
    reads: dict[str, Any] = field(default_factory=dict)

    @property
    def choices(self) -> Choices:
        """The choices as the proposer takes them."""
        return Choices(targets=self.targets, words=self.words, dates=self.dates, runs=self.runs)


def draw(look: Look, first: Choices, turn: int) -> Chosen:
    """Draw one part per file or sheet, beginning with the choices `first`, and return what is chosen."""
    chosen = Chosen()
    everything = sum(len(source.columns) for source in look.sources)
    for place, source in enumerate(look.sources):
        key = f"import_{turn}_{place}"
        checks = _to_check(key, source, look, first)
        label = _label(plain(import_steps.title_of(look.files, source.file.stem)), len(source.columns), checks)
        unfolded = everything <= OPEN_UP_TO or checks > 0 or place == 0
        with st.expander(label, expanded=unfolded, key=f"import_source_{turn}_{place}"):
            _source(key, source, look, first, chosen)
    return chosen


def _label(title: str, columns: int, checks: int) -> str:
    """Return a file, how many columns it has, and how many of them a person should look at."""
    if not checks:
        return say("{file}: {columns} columns", file=title, columns=columns)
    return say("{file}: {columns} columns, {checks} to check", file=title, columns=columns, checks=checks)


def _to_check(key: str, source: SourceProfile, look: Look, first: Choices) -> int:
    """Return how many columns of a file a person should look at, as they are matched now."""
    levels = []
    for column in source.columns:
        place = (source.file.stem, column.heading)
        target = st.session_state.get(f"{key}_{column.place}", first.targets.get(place, targets.LEAVE_OUT))
        levels.append(evidence.judge(_as_said(f"{key}_{column.place}", column), str(target), look.registry).level)
    return levels.count("check")


def _source(key: str, source: SourceProfile, look: Look, first: Choices, chosen: Chosen) -> None:
    """Draw the columns of one file, those that stand side by side last."""
    stem = source.file.stem
    runs = [run for run in import_gate.find_runs(source) if (stem, run.pattern) in first.runs]
    in_runs = {heading for run in runs for heading in run.columns}
    if evidence.looks_headless(source.columns):
        st.html(f'<div class="notice caution"><p>{say(HEADLESS)}</p></div>')
    chosen.reads[stem] = st.empty()
    _head(key)
    names = targets.targets(look.registry)
    for column in source.columns:
        place = (stem, column.heading)
        if column.heading in in_runs:
            chosen.targets[place] = targets.LEAVE_OUT
            continue
        row = f"{key}_{column.place}"
        target = _column(row, column, first.targets.get(place, targets.LEAVE_OUT), names, look)
        chosen.targets[place] = target
        chosen.dates |= _date_form(row, stem, column, target)
        said = import_words.draw(row, column, target, look.registry, st.session_state)
        if said:
            chosen.words[place] = said
    for number, run in enumerate(runs):
        place = (stem, run.pattern)
        chosen.runs[place] = _run(f"{key}_run_{number}", source, run, first.runs[place], look)


def _head(key: str) -> None:
    """Draw the headings over the rows of columns; on a phone the rows stand alone."""
    with st.container(key=f"matchhead_{key}"):
        headings = (say("Your column"), say("What it is"), say("What we found"))
        for place, text in zip(st.columns(WIDTHS), headings, strict=True):
            place.html(f'<p class="match-head">{text}</p>')


def _row(key: str) -> tuple[Any, Any, Any]:
    """Return the three places of one row."""
    with st.container(key=f"matchrow_{key}"):
        left, middle, right = st.columns(WIDTHS, vertical_alignment="center")
    return left, middle, right


def _column(key: str, column: ColumnProfile, first: str, names: dict[str, str], look: Look) -> str:
    """Draw one column with its guess and evidence, and return its target."""
    shown = found(evidence.shown_heading(column))
    options = list(names)
    left, middle, right = _row(key)
    left.html(f'<p class="match-column">{html.escape(shown)}</p>')
    target = middle.selectbox(
        say("What “{column}” is", column=shown),
        options,
        index=options.index(first) if first in options else 0,
        format_func=lambda code: found(names[code]),
        key=key,
        label_visibility="collapsed",
    )
    said = evidence.judge(_as_said(key, column), target, look.registry)
    right.html(_found(said.level, found(said.text)))
    return str(target)


def _found(level: str, text: str) -> str:
    return f'<p class="match-found {level}"><strong>{say(_LEVELS[level])}</strong> {html.escape(text)}</p>'


def _as_said(key: str, column: ColumnProfile) -> ColumnProfile:
    """Return a column with the words and the form of date that were typed for it in the last run."""
    named = import_words.said(key, st.session_state)
    form = str(st.session_state.get(f"{key}_date") or "")
    there = Choices(words={("", column.heading): named}, dates={("", column.heading): form})
    return there.said_of_column("", column)


def _date_form(key: str, stem: str, column: ColumnProfile, target: str) -> dict[tuple[str, str], str]:
    """Draw the choice of how dates are written where the cells leave it open."""
    ours = targets.column_of(target)
    forms = evidence.date_forms(column)
    if ours is None or ours[1].transform not in ("day", "quarter") or not forms:
        return {}
    shown = found(evidence.shown_heading(column))
    chosen = st.selectbox(
        say("How dates in “{column}” are written", column=shown),
        ["", *forms],
        format_func=lambda form: form or say("Choose"),
        key=f"{key}_date",
    )
    return {(stem, column.heading): chosen} if chosen else {}


def _run(key: str, source: SourceProfile, run: Any, first: str, look: Look) -> str:
    """Draw columns that stand side by side and are called alike, and return what they are."""
    count = len(run.columns)
    names = {targets.LEAVE_OUT: say("Leave out"), targets.WEEKS: say("Attendance, week by week")}
    names |= {
        one.instrument_id: say("Answers: {questionnaire}", questionnaire=one.short_name)
        for one in look.registry.values()
        if one.n_items == count
    }
    options = list(names)
    filled = sum(source.column(heading).filled for heading in run.columns)
    left, middle, right = _row(key)
    shown = words.between(run.columns[0], run.columns[-1])
    left.html(f'<p class="match-column">{html.escape(shown)}</p>')
    chosen = middle.selectbox(
        say("What “{columns}” are", columns=shown),
        options,
        index=options.index(first) if first in options else 0,
        format_func=lambda code: names[code],
        key=key,
        label_visibility="collapsed",
    )
    level = "good" if chosen else "out"
    cells = words.number(filled)
    right.html(_found(level, say("{columns} columns side by side, {cells} cells filled", columns=count, cells=cells)))
    return str(chosen)
