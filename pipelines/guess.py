"""Which column of a file is which column of ours: likeness of names, and what the cells look like as counts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from pipelines.column_profile import MOST_WORDS, ColumnProfile, SourceProfile, fold
from pipelines.instruments import Instrument
from pipelines.keys import ROW_PURPOSES
from pipelines.mapping_rules import DATE_FORMS
from pipelines.schema import Column, Table
from pipelines.targets import target_of

NAME_WEIGHT = 0.6
DECIDED = 2.0
"""Score of what a person decided: above every guess."""
LEAST_NAME = 0.45
LEAST_CELLS = 0.5
"""A column is guessed if its name and its cells are at least so like; a name of 1 is as sure as a name gets."""
SURE_NAME = 0.95
LEAST_ID_NAME = 0.7
CELLS_ALONE = 0.95
"""Share of cells in one of our lists from which a column is guessed although its name says nothing."""
DATES_READ = 0.6
_AMBIGUOUS = ("month/day/year", "day/month/year")
_ONE_OF = (_AMBIGUOUS, ("month-day-year", "day-month-year"), ("excel", "excel 1904"))
"""Forms of dates of which a column has one: with the other beside it, cells would be read as a wrong day."""
TOTAL_SCORE = "total"
"""Our column of scores of any questionnaire, which means are never taken for: whose items they are of is not known."""
_OF_FORMS = ("assessments", "assessment_items")
"""Tables for whose columns a heading with the name of a questionnaire is guessed."""
MOST_REPEATED = 0.5
"""A key of rows whose cells are less different than this share of them names no row."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One column of ours: the headings it comes from, the cell as the grammar knows it, and why, as counts."""

    column: str
    headings: tuple[str, ...]
    cell: object
    score: float
    evidence: str

    @staticmethod
    def constant(column: str, text: str, evidence: str) -> Guess:
        """Return a guess that is one text for all rows."""
        return Guess(column, (), {"constant": text}, 0.0, evidence)

    def as_column(self, column: str, evidence: str) -> Guess:
        """Return the same cell for another column of ours."""
        return replace(self, column=column, evidence=evidence)

    def with_evidence(self, evidence: str) -> Guess:
        """Return the same guess with more to say for it."""
        return replace(self, evidence=evidence)


def guess_columns(
    table: Table,
    source: SourceProfile,
    registry: Mapping[str, Instrument],
    decided: Mapping[str, str] | None = None,
) -> list[Guess]:
    """Return the best guess for each column of a table, each heading used once, the surest first.

    `decided` says for some headings which target (`targets.target_of`) a person chose; those are not guessed.
    """
    scored: list[tuple[float, float, int, Column, ColumnProfile]] = []
    forms = {fold(one.short_name).split()[0] for one in registry.values()}
    of_forms = {each.heading for each in source.columns if forms.intersection(fold(each.heading).split())}
    for place, column in enumerate(table.incoming):
        for profile in source.columns:
            chosen = (decided or {}).get(profile.heading)
            if chosen is not None:
                if chosen == target_of(table.name, column):
                    scored.append((DECIDED, 1.0, place, column, profile))
                continue
            if column.incoming == TOTAL_SCORE and says_mean(profile.heading):
                continue
            if table.name not in _OF_FORMS and profile.heading in of_forms:
                continue  # the date of a questionnaire is no date of a session
            name = name_likeness(str(column.incoming), column.label, profile.heading)
            cells = cell_likeness(table.name, column, profile, registry)
            if _is_guessed(column, name, cells, profile):
                scored.append((NAME_WEIGHT * name + (1 - NAME_WEIGHT) * cells, name, place, column, profile))
    scored.sort(key=lambda each: (-each[0], each[2], each[4].place))
    taken: set[str] = set()
    guesses: list[Guess] = []
    for score, name, _, column, profile in scored:
        if profile.heading in taken or any(guess.column == column.incoming for guess in guesses):
            continue
        taken.add(profile.heading)
        guesses.append(_guess(table.name, column, profile, registry, score, name))
    return guesses


def says_mean(heading: str) -> bool:
    """Tell whether a heading calls its numbers means."""
    return bool(_means().intersection(fold(heading).split()))


def may_be_total(heading: str) -> bool:
    """Tell whether a heading is like the names of a total score, whichever questionnaire it is of."""
    return name_likeness(TOTAL_SCORE, "Total", heading) >= LEAST_NAME


@lru_cache(maxsize=100_000)
def name_likeness(name: str, label: str, heading: str) -> float:
    """Return how like a heading is to one of our names or their synonyms, from 0 to 1; 0 for what is never loaded."""
    words = fold(heading)
    if not words or (words in _never() and words != fold(name)):
        return 0.0
    return max(_likeness(fold(known), words) for known in (name, label, *_synonyms()["columns"].get(name, ())))


def table_likeness(table: str, stem: str) -> float:
    """Return how like the name of a file or sheet is to one of our tables, from 0 to 1."""
    return max(_likeness(fold(known), fold(stem)) for known in (table, *_synonyms()["tables"].get(table, ())))


def cell_likeness(table: str, column: Column, profile: ColumnProfile, registry: Mapping[str, Instrument]) -> float:
    """Return the share of filled cells that a column of ours could hold; 0.6 where anything can be said in it."""
    if profile.filled == 0:
        return 0.5
    if column.transform in ("day", "quarter"):
        return profile.share(sum(count for _, count in forms_of_dates(profile)))
    if column.transform in ("category", "flag"):
        return profile.share(_recognised(profile, words_for(table, column, registry)))
    if column.transform in ("integer", "age_band"):
        return profile.share(profile.whole) * _inside(column, profile)
    if column.transform == "number":
        return profile.share(profile.numbers) * _inside(column, profile)
    if column.transform == "zip3":
        return profile.share(profile.zips)
    if column.transform == "pseudonym":
        return 0.2 if best_dates(profile)[1] == profile.filled else 0.8
    return 0.6


def best_dates(profile: ColumnProfile) -> tuple[str, int]:
    """Return the form of date that reads most cells, and how many; forms that read day numbers come last."""
    if profile.date_form:
        return profile.date_form, profile.dates.get(profile.date_form, 0)
    return _most_read(profile.dates)


def forms_of_dates(profile: ColumnProfile) -> list[tuple[str, int]]:
    """Return the form of date that reads most cells, and those that read others beside it, with how many each reads.

    Dates typed as text stand among real ones in many workbooks. What a person said of the column is kept.
    """
    found = [best_dates(profile)]
    if profile.date_form:
        beside = profile.dates.get("iso", 0) if profile.date_form != "iso" else 0
        return [*found, ("iso", beside)] if beside else found
    left = profile.filled - found[0][1]
    others = dict(profile.dates)
    while left > 0:
        for form in (found[-1][0], *next((pair for pair in _ONE_OF if found[-1][0] in pair), ())):
            others.pop(form, None)
        form, count = _most_read(others) if others else ("", 0)
        if not 0 < count <= left:
            break
        found.append((form, count))
        left -= count
    return found


def _most_read(dates: Mapping[str, int]) -> tuple[str, int]:
    order = {form: place for place, form in enumerate(("iso", *DATE_FORMS))}
    return max(dates.items(), key=lambda entry: (entry[1], -order[entry[0]]))


def words_for(table: str, column: Column, registry: Mapping[str, Instrument]) -> Mapping[str, str]:
    """Return `vocabulary`, and for the column of questionnaires the identifier of each by its names."""
    if column.incoming != "instrument_id":
        return vocabulary(table, column)
    short = {fold(one.short_name): one.instrument_id for one in registry.values()}
    return short | {fold(one.instrument_id): one.instrument_id for one in registry.values()}


@cache
def vocabulary(table: str, column: Column) -> Mapping[str, str]:
    """Return our word for every folded word that means it: the closed list of a column and its synonyms."""
    name = "flag" if column.transform == "flag" else str(column.incoming)
    name = "assessment_status" if (table, name) == ("assessments", "status") else name
    known = {fold(word): word for word in column.allowed}
    for ours, theirs in _synonyms()["values"].get(name, {}).items():
        if ours in column.allowed:
            known |= {fold(word): ours for word in theirs if fold(word) not in known}
    return known


def words_as_written(profiles: Iterable[ColumnProfile], known: Mapping[str, str]) -> dict[str, str]:
    """Return our word for each spelling that occurs, of those spellings that can be made of the words we know.

    The texts come from our own list, written small, large or with capitals: never from a cell.
    """
    profiles = list(profiles)
    occurring = {word for profile in profiles for word in profile.words}
    found = {spelled: ours for word, ours in known.items() for spelled in spellings(word, ours) if spelled in occurring}
    return found | {theirs: ours for profile in profiles for theirs, ours in profile.named.items()}


def spelled_out(
    profile: ColumnProfile, column: Column, values: Mapping[str, str], allowed: Iterable[str] | None = None
) -> int:
    """Return how many cells are named in `values`, or read by the load as they are."""
    plain = {"true", "1", "yes", "false", "0", "no"} if column.transform == "flag" else set(allowed or column.allowed)
    return sum(
        count
        for word, count in profile.words.items()
        if word in values or word.lower().replace(" ", "_").replace("-", "_") in plain
    )


def _guess(
    table: str,
    column: Column,
    profile: ColumnProfile,
    registry: Mapping[str, Instrument],
    score: float,
    name: float,
) -> Guess:
    """Return a guess with its cell in the grammar, and the counts that speak for it."""
    heading = profile.heading
    said = [f"name {name:.2f}", f"{profile.filled:,} of {profile.rows:,} cells filled, {profile.distinct:,} different"]
    cell: object = heading
    if column.transform in ("day", "quarter"):
        found = forms_of_dates(profile)
        said += [f"{count:,} read as {'year-month-day' if form == 'iso' else form}" for form, count in found]
        forms = [form for form, _ in found if form != "iso"]
        if set(forms) & set(_AMBIGUOUS) and profile.dates[_AMBIGUOUS[0]] == profile.dates[_AMBIGUOUS[1]]:
            said.append("month and day cannot be told apart: check")
        cell = {"from": heading, "dates": forms} if forms else heading
    elif column.transform in ("category", "flag"):
        known = words_for(table, column, registry)
        listed = _recognised(profile, known)
        said.append(f"{listed:,} in the list")
        values = {
            theirs: ours
            for theirs, ours in words_as_written([profile], known).items()
            if not _reads(column, theirs, ours)
        }
        cell = {"from": heading, "values": values} if values else heading
        missed = profile.filled - spelled_out(profile, column, values, known.values())
        if missed:
            said.append(f"{missed:,} to be added to values")
    elif column.transform in ("integer", "age_band"):
        said.append(f"{profile.whole:,} whole numbers")
    elif column.transform == "number":
        said.append(f"{profile.numbers:,} numbers")
    return Guess(str(column.incoming), (heading,), cell, round(score, 4), "; ".join(said))


def _is_guessed(column: Column, name: float, cells: float, profile: ColumnProfile) -> bool:
    """Tell whether name and cells together say enough; what is an identifier is known by its name alone."""
    if column.purpose in ROW_PURPOSES and not column.references and profile.distinct < MOST_REPEATED * profile.filled:
        return False
    if column.transform == "pseudonym":
        return name >= LEAST_ID_NAME and cells >= LEAST_CELLS
    if name >= LEAST_NAME and cells >= (DATES_READ if column.transform == "day" else LEAST_CELLS):
        return name >= 0.6 or cells >= 0.8
    if column.transform == "category" and name >= SURE_NAME and len(fold(profile.heading).split()) > 1:
        return profile.distinct <= MOST_WORDS  # a sure name of several words: a person says what its words mean
    several = column.transform == "category" and profile.distinct >= 3
    return several and cells >= CELLS_ALONE and column.incoming != "instrument_id" and name > 0


def _inside(column: Column, profile: ColumnProfile) -> float:
    low, high = profile.low, profile.high
    if low is None or high is None:
        return 0.0
    inside = (column.minimum is None or low >= column.minimum) and (column.maximum is None or high <= column.maximum)
    return 1.0 if inside else 0.7


def _recognised(profile: ColumnProfile, known: Mapping[str, str]) -> int:
    return sum(count for word, count in profile.words.items() if fold(word) in known)


def _reads(column: Column, theirs: str, ours: str) -> bool:
    """Tell whether the load itself reads a spelling as our word."""
    if column.transform == "flag":
        return theirs.lower() in ({"true", "1", "yes"} if ours == "true" else {"false", "0", "no"})
    return theirs.lower().replace(" ", "_").replace("-", "_") == ours


def spellings(word: str, ours: str = "") -> list[str]:
    """Return a word as it may be written: with other signs between its parts, small, large, with capitals."""
    bases = dict.fromkeys([word, word.replace(" ", "_"), word.replace(" ", "-"), word.replace(" ", "/"), ours or word])
    return list(
        dict.fromkeys(
            form for base in bases for form in (base, base.lower(), base.upper(), base.title(), base.capitalize())
        )
    )


def _likeness(known: str, words: str) -> float:
    if known == words or known.replace(" ", "") == words.replace(" ", ""):
        return 1.0
    ours, theirs = set(known.split()), set(words.split())
    if ours == theirs:
        return 0.95
    ratio = SequenceMatcher(None, known, words).ratio()
    close = 0.8 * ratio if ratio >= 0.85 else 0.0
    if len(ours) > 1 and ours < theirs:
        return max(close, 0.75)
    return max(close, 0.9 * len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0)


@cache
def _never() -> frozenset[str]:
    return frozenset(fold(word) for word in _synonyms()["never"]["words"])


@cache
def _means() -> frozenset[str]:
    return frozenset(_synonyms()["means"]["words"])


@cache
def _synonyms() -> dict[str, Any]:
    text = (resources.files("pipelines") / "synonyms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
