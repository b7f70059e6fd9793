"""What the steps of an import say: the tables, lists and sentences of the page, made from counts; no Streamlit."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dashboard import words
from dashboard.found_words import found
from dashboard.import_gate import targets
from dashboard.language import noted, say, say_many
from dashboard.quality_tables import some_of, table_name
from dashboard.twins import Twin

_CODE = re.compile(r"`([^`]+)`")
WHERE_FILES_GO = (
    noted(
        "Your files go to the computer that runs this dashboard and to nobody else. It holds them in its memory while "
        "you are on this page, and in a private temporary folder only while a step is running; the folder is removed "
        "when the step ends. Both are gone when you remove the files, go to another page, or use the records; within "
        "a few minutes when you close the window."
    ),
    noted(
        "Nothing is stored before you press “Use these records”. What is stored then is coded: no names, no notes, no "
        "identifiers of yours, and day counts in place of dates."
    ),
)
NOT_NEEDED = noted(
    "No names, addresses, phone numbers or notes are needed: best remove them first. They are never stored."
)
MORE_RECORDS = noted(
    "{rows} rows were read from your files, and {records} records were made of them: one row can hold several, such as "
    "a person, an enrolment and a score."
)
FEWER_RECORDS = noted(
    "{rows} rows were read from your files, and {records} records were made of them: several rows can be about one, "
    "such as a person, and a row that holds nothing we read makes none."
)
PLAIN = {"true": noted("Yes"), "false": noted("No")}


def fault_list(faults: Iterable[Any]) -> str:
    """Return faults as a list in markup: where, what, what to do."""
    items = []
    for fault in faults:
        count = "" if fault.rows is None else f" ({_rows(fault.rows)})"
        items.append(
            f"<li><strong>{html.escape(found(fault.where))}</strong>: {as_markup(found(fault.rule))}{count}. "
            f"{as_markup(found(fault.remedy).rstrip('.'))}.</li>"
        )
    return f'<ul class="faults">{"".join(items)}</ul>'


def files_twin(look: Any) -> Twin:
    """Return one row per file or sheet that was read: rows, columns, what to know."""
    return Twin(
        (
            ("file", say("File or sheet")),
            ("rows", say("Rows")),
            ("columns", say("Columns")),
            ("remedy", say("To know")),
        ),
        tuple(
            (
                title_of(look.files, seen.stem),
                words.number(seen.rows),
                words.number(seen.columns),
                "; ".join([*map(found, seen.notes), *(_fault(fault) for fault in seen.faults)]),
            )
            for seen in look.files
        ),
    )


def outcome_twin(summary: Any) -> Twin:
    """Return one row per table of a checked or finished load: rows in the files, stored, kept out."""
    return Twin(
        (
            ("table", say("What")),
            ("rows_in", say("Found in your files")),
            ("rows_stored", say("Stored") if summary.version else say("Can be stored")),
            ("kept_out", say("Kept out")),
        ),
        tuple(
            (
                table_name(table.name),
                words.number(table.rows_in),
                words.number(table.rows_stored),
                words.number(table.rows_quarantined),
            )
            for table in sorted(summary.tables, key=lambda table: list(targets.PLURALS).index(table.name))
        ),
    )


def checks_twin(summary: Any, severity: str) -> Twin:
    """Return one row per check of a severity that found rows: what, where, how many, what to do."""
    rules = sorted((rule for rule in summary.rules if rule.severity == severity and rule.rows), key=lambda r: -r.rows)
    return Twin(
        (
            ("check", say("What was found")),
            ("table", say("Where")),
            ("row_count", say("Rows")),
            ("remedy", say("What to do")),
        ),
        tuple(
            (
                say(rule.sentence),
                table_name(rule.table),
                some_of(rule.rows, rule.of_rows) if rule.of_rows else words.number(rule.rows),
                say(rule.remedy),
            )
            for rule in rules
        ),
    )


def outcome_sentence(summary: Any) -> str:
    """Return what a load would do or did: the rows of the files, the records made of them, and that none is lost."""
    if summary.rows_of_files == summary.rows_in:
        return _outcome_of_rows(summary)
    made = MORE_RECORDS if summary.rows_of_files < summary.rows_in else FEWER_RECORDS
    read, records = words.number(summary.rows_of_files), words.number(summary.rows_in)
    return f"{say(made, rows=read, records=records)} {_outcome_of_records(summary)}"


def _outcome_of_rows(summary: Any) -> str:
    everything = words.number(summary.rows_in)
    if not summary.rows_quarantined:
        if summary.version:
            return say("All {rows} rows were stored.", rows=everything)
        return say("All {rows} rows can be stored.", rows=everything)
    stored, out = words.number(summary.rows_stored), words.number(summary.rows_quarantined)
    if summary.version:
        return say("{stored} of {rows} rows were stored; {out} are kept out.", stored=stored, rows=everything, out=out)
    return say("{stored} of {rows} rows can be stored; {out} are kept out.", stored=stored, rows=everything, out=out)


def _outcome_of_records(summary: Any) -> str:
    if not summary.rows_quarantined:
        if summary.version:
            return say("All of these records were stored; none was lost.")
        return say("All of these records can be stored; none is lost.")
    numbers = {
        "stored": words.number(summary.rows_stored),
        "records": words.number(summary.rows_in),
        "out": words.number(summary.rows_quarantined),
    }
    if summary.version:
        return say("{stored} of {records} records were stored, {out} are kept out; none was lost.", **numbers)
    return say("{stored} of {records} records can be stored, {out} are kept out; none is lost.", **numbers)


def left_behind(summary: Any) -> list[str]:
    """Return what of the files is not read: columns, files, and what the readers noted."""
    said = []
    by_file: dict[str, tuple[set[int], set[int]]] = {}
    for table in summary.tables:
        dropped, withheld = by_file.setdefault(table.file, (set(), set()))
        withheld.update(table.withheld_columns)
        dropped.update(table.dropped_columns)
    for file, (dropped, withheld) in by_file.items():
        unread = sorted(dropped - withheld)
        if unread:
            said.append(
                say_many(
                    "{file}: column {columns} is not read.",
                    "{file}: columns {columns} are not read.",
                    len(unread),
                    file=file,
                    columns=_columns(unread),
                )
            )
        if withheld:
            said.append(
                say_many(
                    "{file}: column {columns} is removed at once, as the data dictionary asks.",
                    "{file}: columns {columns} are removed at once, as the data dictionary asks.",
                    len(withheld),
                    file=file,
                    columns=_columns(sorted(withheld)),
                )
            )
    said += [say("{file}: not used, nothing of it is stored.", file=file) for file in summary.unused_files]
    return [*said, *map(found, summary.notes)]


def before_after_twin(before: Mapping[str, int], summary: Any) -> Twin:
    """Return the rows of every table now and after the load."""
    after = {table.name: table.rows_stored for table in summary.tables}
    names = [name for name in targets.PLURALS if before.get(name) or after.get(name)]
    return Twin(
        (("table", say("What")), ("before", say("Shown now")), ("after", say("After you press the button"))),
        tuple(
            (table_name(name), words.number(before.get(name, 0)), words.number(after.get(name, 0))) for name in names
        ),
    )


def replaces(before: Mapping[str, int], *, demonstration: bool, released: bool) -> str:
    """Return what happens to the records shown now, and to the release if there is one."""
    if not before:
        return say("There are no records yet; these become the first.")
    if demonstration:
        release = say(
            "The demonstration release is set aside too, so Report and Get the data stay empty until a release of "
            "your own is built."
        )
        said = say("The demonstration records shown now are replaced as a whole; nothing of them is mixed with yours.")
    else:
        release = say("Report and Get the data keep showing the last release until a new one is built.")
        said = say(
            "Your files are a complete new version: the records shown now are replaced as a whole, not added to."
        )
    return f"{said} {release}" if released else said


def where_shown(live: Sequence[str], published: Sequence[str], *, released: bool) -> str:
    """Return which pages, by their titles, show records that are in use now, and which show them once published."""
    named = {
        "live": words.joined([say(title) for title in live]),
        "published": words.joined([say(title) for title in published]),
    }
    if released:
        return say(
            "{live} show these records now. {published} keep showing the last release until you build a new one with "
            "the command `recovery-outcomes release`.",
            **named,
        )
    return say(
        "{live} show these records now. {published} stay empty until you build a release with the command "
        "`recovery-outcomes release`.",
        **named,
    )


def column_word(word: str) -> str:
    """Return one of our words as a person reads it."""
    return say(PLAIN.get(word) or word.replace("_", " ").capitalize())


def typed_words(typed: Mapping[str, str]) -> dict[str, str]:
    """Return our word for every text that was typed beside it, divided by commas or semicolons."""
    parts = ((part.strip(), ours) for ours, text in typed.items() for part in text.replace(";", ",").split(","))
    return {part: ours for part, ours in parts if part}


def as_markup(text: str) -> str:
    """Return a sentence in markup, commands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(text))


def title_of(seen: Sequence[Any], stem: str) -> str:
    """Return the name of a file, or of a file and its sheet, by its stem."""
    name = next((one.name for one in seen if one.stem == stem), stem)
    return f"{found(name)} “{stem.replace('_', ' ')}”" if ", sheet " in name else name


def read_as(proposal: Any, stem: str) -> str:
    """Return what is read from a file or sheet."""
    sources = {stem, *(name for name, view in proposal.views.items() if view.get("unpivot") == stem)}
    tables = dict.fromkeys(rule.table for rule in proposal.rules if rule.source in sources)
    if not tables:
        return say("Nothing is read from here.")
    return say("Read from here: {what}.", what=words.joined([say(targets.PLURALS[table]) for table in tables]))


def _columns(places: Sequence[int]) -> str:
    said = [str(place) for place in places]
    return say("{columns} and more", columns=", ".join(said[:12])) if len(said) > 12 else words.joined(said)


def _rows(count: int) -> str:
    return say_many("{number} row", "{number} rows", count, number=words.number(count))


def _fault(fault: Any) -> str:
    return f"{found(fault.rule)}. {found(fault.remedy)}"
