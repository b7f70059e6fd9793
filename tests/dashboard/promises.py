"""What every page promises of its numbers and words, checked on a page as it was made and printed.

Referees: a reader of numbers that goes from the print back to a cell; a second reading of every finding; the people
counted in the records with plain SQL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.exports import Export
from dashboard.ui.card import Contents
from dashboard.ui.kpi import Kpi
from pipelines.warehouse import open_records
from tests.dashboard.claims import SHOWN, change_is_carried, unfounded
from tests.dashboard.number_reader import Cells, numbers, strangers
from tests.dashboard.seen import Made, Page
from tests.dashboard.test_glossary import FORBIDDEN
from tests.dashboard.test_published_views import CAUSAL

FLOOR = 5
FULL_COUNTS = (11, 5)
"""At the manager's door: fewest people of a row of a file, and of a row of a page."""
SMALL = 20
LARGEST, SMALLEST = 5, 30
"""Of groups that are compared the five largest of thirty people or more are drawn."""
FIRST = """
with first as (
    select * from episodes
    window in_order as (partition by participant_id order by episode_no nulls last, enrol_year, enrol_quarter)
    qualify row_number() over in_order = 1
)
select
    sites.site_code as site,
    first.enrol_year || case when first.enrol_quarter < 3 then '-H1' else '-H2' end as cohort,
    participants.primary_substance,
    case when participants.age_band in ('65-74', '75+', '65+') then '65+' else participants.age_band end as age_band,
    participants.gender,
    participants.housing,
    first.referral_source
from first
join participants on participants.participant_id = first.participant_id
join sites on sites.site_id = first.site_id
"""
NOT_READ = ("twin", "asked", "question", "record", "home")
"""Fields that are read another way, or hold no words of a page."""


def everybody(home: Path) -> pd.DataFrame:
    """Return one row per person with the traits pages can be filtered by, straight from the records."""
    reader = open_records(home)
    try:
        return reader.table(FIRST)
    finally:
        reader.close()


def chosen(people: pd.DataFrame, where: Mapping[str, list[str]]) -> pd.DataFrame:
    """Return the people whom filters pick."""
    for dimension, codes in where.items():
        people = people[people[dimension].isin(codes)]
    return people


def faults(page: Page, everyone: int) -> list[str]:
    """Return every promise a page breaks by its numbers and words."""
    found = [f"forbidden word {said[0]!r}" for rule in (FORBIDDEN, CAUSAL) if (said := rule.search(page.text))]
    for made in page.made:
        cells = Cells.of(made.tables, (everyone, *worked_out(made)))
        for place, text in made.texts.items():
            if place.split(".")[-1] in NOT_READ or any(f".{name}." in place for name in NOT_READ):
                continue
            found += [f"{place}: {number} is no cell of its table: {text}" for number in strangers(text, cells)]
        found += [f"{made.maker}: {fault}" for fault in _of(made, cells)]
    return found


def _of(made: Made, cells: Cells) -> Iterator[str]:
    """Yield what is wrong with one thing that a page made."""
    held = made.result
    if isinstance(held, Contents):
        if why := unfounded(held.kind, held.title, held.table):
            yield f"{why}: {held.title}"
        yield from _twin_faults(held, cells)
    if isinstance(held, Export) and not held.refused:
        yield from _file_faults(held)
    for kpi in held if isinstance(held, list) else ():
        if isinstance(kpi, Kpi) and not change_is_carried(kpi.change, made.tables):
            yield f"{kpi.label}: {kpi.change}"


def _twin_faults(held: Contents, cells: Cells) -> Iterator[str]:
    """Yield the cells of the table for reading that are no cell of the estimate table."""
    x = held.table["x"].dropna().to_numpy()
    # A place on an axis may be a day, printed in months of 30, or a month, counted from 1; without one, every quarter.
    places = replace(cells, derived=[*x, *(x / 30), *(x + 1), 0, 3, 6, 9, 12])
    for row in held.twin.rows:
        for (column, heading), cell in zip(held.twin.columns, row, strict=True):
            if column in ("level", "series", "measure", "status"):
                continue
            if wrong := strangers(cell, places if column == "x" else cells):
                yield f"table of {held.title!r}, {heading}: {wrong}"


def _file_faults(export: Export) -> Iterator[str]:
    """Yield where a file differs from the table it is made of, in more than what the export floor empties."""
    columns = ["estimate", "lower", "upper", "n", "events"]
    rows, table = export.rows, export.table.reset_index(drop=True)
    if len(rows) != len(table):
        yield f"{export.name} has {len(rows)} rows of {len(table)}"
        return
    shown = rows["status"].isin(SHOWN)
    if (
        not rows.loc[shown, columns]
        .reset_index(drop=True)
        .equals(table.loc[shown.to_numpy(), columns].reset_index(drop=True))
    ):
        yield f"{export.name} holds other numbers than its table"
    if rows.loc[~shown, columns].notna().any(axis=None):
        yield f"{export.name} has a number in a hidden row"
    if export.about["audience"] == "manager" and (rows.loc[shown, "n"] < FULL_COUNTS[0]).any():
        yield f"{export.name} has a row of fewer than {FULL_COUNTS[0]} people"


def worked_out(made: Made) -> list[float]:
    """Return the numbers a text may work out of cells: people of all lines drawn, people without a score, units."""
    found: list[float] = []
    for table in made.tables:
        rows = table[table["status"].isin(SHOWN)]
        starts = rows[rows["stat"].isin(["mean", "rate"]) | (rows["stat"].eq("at_risk") & rows["x"].eq(0))]
        starts = starts[~starts["level"].isin(["no_score", "left_before"]) & starts["level"].ne("")]
        found.append(starts.loc[starts["n"].ge(SMALLEST), "n"].nlargest(LARGEST).sum())
        found.append(starts.loc[starts["stat"].eq("rate"), "n"].sum())
        found.append(rows.loc[rows["shape"].eq("cell"), "n"].sum())
        if set(rows["measure"]) == {"response_rate"} and set(rows["source"]) == {"live"}:
            found += (rows["n"] - rows["events"]).tolist()
        units = rows[rows["stat"].eq("unit") & rows["series"].eq("as_it_is")]
        if len(units):
            found += [units["n"].sum(), *range(1, len(units) + 1)]
    return found


def must_hide(everyone: pd.DataFrame, where: Mapping[str, list[str]]) -> bool:
    """Tell whether filters pick, or leave out of everybody or of one filter less, one to four people."""
    picked = len(chosen(everyone, where))
    wider = [len(everyone)] if where else []
    if len(where) > 1:
        wider += [
            len(chosen(everyone, {name: codes for name, codes in where.items() if name != left})) for left in where
        ]
    return 0 < picked < FLOOR or any(0 < n - picked < FLOOR for n in wider)


def state_fault(page: Page, everyone: pd.DataFrame, where: Mapping[str, list[str]]) -> str:
    """Return what is wrong with the state a page is in for these filters; empty if nothing is."""
    total, people = len(everyone), len(chosen(everyone, where))
    main = page.text[page.text.index("Showing") :]
    if people == 0:
        nobody = "No people match these filters" in main and set(numbers(main)) <= {"0", f"{total:,}"}
        return "" if nobody else "nobody fits the filters"
    if must_hide(everyone, where):
        silent = set(numbers(main)) <= {f"{total:,}", str(FLOOR)} and not page.cards
        return "" if "Too few people to show safely" in main and silent else "a hidden group is not hidden"
    said = f"Showing {people:,} of {total:,} people" if where else f"Showing {total:,} people"
    if said not in main:
        return f"does not say {said}"
    return "" if (people < SMALL) == (f"Small group: {people} people" in main) else "small groups are marked wrongly"


def follows(table: pd.DataFrame) -> str:
    """Return which hidden count follows from the others: of reasons that add up, of groups whose sum is printed."""
    measure = str(table["measure"].iloc[0])
    parts = table[table["stat"].eq("share")]
    shown = parts[parts["status"].isin(SHOWN)]
    hidden = parts[parts["reason"].eq("below_threshold")]
    if measure == "exit_reasons" and len(shown) and len(hidden) == 1:
        return f"{hidden['level'].iloc[0]}: {shown['n'].iloc[0] - shown['events'].sum():.0f} people"
    whole = table[table["stat"].eq("slope") & table["events"].notna()]
    if measure.startswith("dose_response") and len(whole) and len(hidden) == len(parts) - len(shown) == 1:
        return f"{hidden['level'].iloc[0]}: {whole['events'].iloc[0] - shown['events'].sum():.0f} who left early"
    return ""


def hidden_faults(page: Page, people: pd.DataFrame) -> list[str]:
    """Return where a group too small to show left a number: in a table, for reading or as a file, or in a drawing.

    `people` are the people the filters pick; a group of 1 to 4 of them has no number of its own anywhere.
    """
    found = []
    for made in page.made:
        for table in made.tables:
            found += [f"{made.maker}: {fault}" for fault in _small_rows(table, people)]
            found += [f"{made.maker}: a hidden number follows, {said}" for said in [follows(table)] if said]
        if isinstance(made.result, Contents):
            found += [f"{made.maker}: {fault}" for fault in _small_drawn(made.result, people)]
        if isinstance(made.result, Export) and not made.result.refused:
            found += [f"{made.maker} file: {fault}" for fault in _small_rows(made.result.rows, people)]
    return found


def _small(dimension: str, people: pd.DataFrame) -> set[str]:
    counts = people[dimension].value_counts()
    return {str(level) for level, n in counts.items() if 0 < n < FLOOR}


def _small_rows(table: pd.DataFrame, people: pd.DataFrame) -> Iterator[str]:
    """Yield the rows of small groups that hold a number; a lone hidden row whose number the others give away."""
    for dimension, rows in table.groupby("grouping"):
        if dimension not in people.columns or rows["measure"].iloc[0] == "caseload_by_month":
            continue
        small = _small(str(dimension), people)
        mine = rows[rows["level"].isin(small)]
        if mine[["estimate", "lower", "upper", "n", "events"]].notna().any(axis=None):
            yield f"{rows['measure'].iloc[0]} by {dimension} shows {sorted(small)}"
        if rows["measure"].iloc[0] == "people_enrolled":
            counts = people[dimension].value_counts()
            told = rows[rows["stat"].eq("count") & rows["status"].isin(SHOWN)].set_index("level")["estimate"]
            if not (told == counts.reindex(told.index)).all():
                yield f"people by {dimension} are not those of the records"
            left = [level for level in counts.index if level not in told.index]
            if len(left) == 1 and counts[left[0]] < FLOOR:
                yield f"{left[0]} follows from the others"


def _small_drawn(held: Contents, people: pd.DataFrame) -> Iterator[str]:
    """Yield the small groups a table for reading gives a number, or a drawing a line."""
    (dimension,) = held.by if len(held.by) == 1 else ("",)
    if dimension not in people.columns or held.kind not in ("curve_by_group", "days", "milestones"):
        return
    small = _small(dimension, people)
    names = {str(row) for row in small} | {_said(level) for level in small}
    for row in held.twin.rows:
        if row[0] in names and any(re.search(r"\d", cell) for cell in row[2 if held.kind != "days" else 1 :]):
            yield f"the table of {held.title!r} gives {row[0]} a number"
    if held.kind != "milestones":
        drawn = json.dumps(held.chart, default=str)
        # A key of the drawing may be called as a group is: 'family' is one of every font.
        found = [name for name in names if re.search(rf'"{re.escape(name)}"(?!:)', drawn) or f">{name}<" in drawn]
        if found:
            yield f"the drawing of {held.title!r} holds {found}"


def _said(level: str) -> str:
    return level.replace("_", " ").capitalize()


def some(draw: Any, options: Mapping[str, list[str]], *, single: bool) -> dict[str, list[str]]:
    """Return a random choice of filters: each on in one of three times, of one category or of up to three."""
    found = {}
    for dimension, codes in options.items():
        if codes and draw.random() < 0.36:
            found[dimension] = draw.sample(codes, 1 if single else draw.choice([1, 1, 2, 3]))
    return found
