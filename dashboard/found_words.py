"""Sentences that were built in English from what was found, said in the language of the page.

The import, and what is kept beside the records, write them with counts, headings and names of files in them. A
sentence is recognised by its template here and said by it; one that is not recognised stays as it was written.
"""

from __future__ import annotations

import re
from functools import cache

from dashboard.answers import Fault
from dashboard.language import ENGLISH, current, noted, say

TEMPLATES = (
    # What a column looks like, and what speaks for its match.
    noted("Empty in all {rows} rows"),
    noted("Empty in all {rows} row"),
    noted("{kind} in {filled} of {rows} rows, {different}"),
    noted("{kind} in {filled} of {rows} row, {different}"),
    noted("{found}; may be a score of {either}"),
    noted("{found}; holds means by its heading, and a mean is no total"),
    noted("{number} different"),
    noted("None of {cells} filled cells reads as a date"),
    noted("{dates}; month and day cannot be told apart: choose below"),
    noted("{some} of {cells} filled cells read as dates ({written})"),
    noted("All {cells} filled cells hold {words} words we know"),
    noted("All {cells} filled cells hold {words} word we know"),
    noted("{some} of {cells} filled cells hold {words} words we do not know"),
    noted("{some} of {cells} filled cells hold {words} word we do not know"),
    noted("All {cells} filled cells are {kind}"),
    noted("{some} of {cells} filled cells are numbers; {scale}"),
    noted("{some} of {cells} filled cells are {kind}"),
    noted("Some of {cells} scores are outside the scale; {scale}"),
    noted("{cells} scores look like sums of the items and are divided by {items}; {scale}"),
    noted("{cells} scores look like means of the items and are multiplied by {items}; {scale}"),
    noted("All {cells} scores are within the scale; {scale}"),
    noted("{questionnaire} runs from {lowest} to {highest}"),
    noted("{one} or {other}"),
    noted("{form}, some {other_form}"),
    # What is still needed.
    noted("Choose “{what}” in the list of people"),
    noted("Choose “{day}” for the first day, in a file that has “{person}” too"),
    noted("Choose “{person}” or “{episode}” for one of its columns, as in the list of enrolments"),
    noted("Choose “{person}” and “{day}”, or leave the scores out"),
    noted("Choose “{what}”, or leave the scores out"),
    noted(
        "Choose “{episode}” for one of its columns, or leave it out in the list of enrolments: each person then has one"
    ),
    noted("Choose “{what}”, or leave those columns out"),
    noted("Choose {what}, or leave those columns out"),
    noted("Choose “{what}”"),
    noted("“{one}” and {others}"),
    noted("“{one}”"),
    noted("no column says whose {rows} these are"),
    noted("no column says to which enrolments these {rows} belong"),
    noted("{rows} cannot be stored yet"),
    noted("{rows} are read from {file} already"),
    noted("two columns are matched with “{what}”"),
    # What to look at.
    noted("{file}: column {place} may be a score of {either}: choose"),
    noted(
        "{file}: column {place} holds means by its heading, and a mean is no total: add a column of totals, or choose "
        "the questionnaire whose mean it is"
    ),
    noted("{file}: the score {questionnaire} needs columns that say whose it is and when"),
    noted("{file}: answers of {questionnaire} need a column of person and date"),
    noted("{file}: answers of {questionnaire} need a column of the person"),
    noted("{file}: answers of {questionnaire} need a column of the date"),
    noted("{file}: {number} marks by week are not in the list and are left out"),
    noted("{file}: attendance by week needs columns of the person and of the enrolment date"),
    noted("{file}: attendance by week needs a column of the person"),
    noted("{file}: attendance by week needs a column of the enrolment date"),
    noted("{file}: columns {places} stand side by side, but what they are is not known"),
    noted("{file}: no column with the date of a session was found"),
    noted("{file}: {number} sessions have an attendance that is not in the list"),
    noted("{file}: the first row of each person is taken as the one enrolment"),
    noted("{file}: no column of enrolments was found for {table}"),
    noted("{file}: {key} is made of columns that do not name every row"),
    # The steps of a load.
    noted("Reading {file}, file {number} of {files}"),
    noted("Looking at the columns of {file}"),
    noted("Checking: {rule}"),
    noted("De-identifying {table}"),
    # What is wrong with a view or a date of one's own.
    noted("has no name of 1 to {most} characters"),
    noted("has no text of 1 to {most} characters"),
    noted("would be one more than {most}"),
    noted("is not a file of {what}"),
    # What is wrong with the file a page reads.
    noted("Copy the whole {kind} folder again, or run `{command}` again"),
    noted("Copy the whole {kind} folder again, or run `{command}`"),
    noted("the current {kind} file cannot be opened"),
    noted("Check that your account may read it, else run `{command}` again"),
    noted("Load your files again with this version: {command}"),
    # What a column can be matched with.
    noted("Score: {questionnaire}, total"),
    noted("Column {place}"),
    noted("{file}, sheet {number}"),
)
"""Every template, those that another would take for its own before it."""
KINDS = (
    noted("Dates"),
    noted("Whole numbers"),
    noted("Numbers"),
    noted("A few words or codes"),
    noted("Text"),
    noted("all different"),
    noted("all alike"),
    noted("whole numbers"),
    noted("numbers"),
    noted("ZIP codes"),
    noted("year-month-day"),
    noted("day numbers of a spreadsheet"),
    noted("no column says yet who a person is"),
    noted("no column says yet when a person enrolled"),
    noted("no column says when the sessions were"),
    noted("no column says whose the scores are and of which day"),
    noted("no column says whose the scores are"),
    noted("no column says of which day the scores are"),
    noted("is not filled in yet"),
    noted("Fill it in"),
    noted("Leave one of the two out"),
    noted("Leave those columns out here, or bring them into one file"),
    noted("no site was found"),
    noted("the view"),
    noted("the date"),
    noted("is not a quarter such as 2025-Q3"),
    noted("Choose a year and a quarter."),
    noted("Say in a few words what changed."),
    noted("Remove one that is not needed."),
    noted("Type a short name that says what it shows."),
    noted("Remove one that is not used."),
    noted("saved views"),
    noted("Put back a copy from your backups, or remove the file to begin with none."),
    noted("cannot be written"),
    noted("is damaged or cut off"),
    noted("is not the file that was released"),
    noted("the records"),
    noted("were built by another version of this program, which kept other columns"),
    noted("Let your account write to the data folder, and make room on the disk."),
    noted("This step"),
    noted("went wrong on our side"),
)
"""Texts without a place in them, whole ones and those that stand inside others."""


def found(text: str) -> str:
    """Return a sentence that was built from what was found in the language spoken now."""
    if current() == ENGLISH:
        return text
    known = say(text)
    if known != text:
        return known
    for template, pattern in _patterns():
        if match := pattern.fullmatch(text):
            return say(template, **{name: found(value) for name, value in match.groupdict().items()})
    return text


def fault_said(fault: Fault) -> str:
    """Return a fault of something that is kept as one text: where, what, what to do."""
    return f"{found(fault.where)}: {found(fault.rule)}. {found(fault.remedy)}"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, re.compile(_pattern(template))) for template in TEMPLATES)


def _pattern(template: str) -> str:
    """Return the pattern of a template: its words as they are, anything at its places."""
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts))
