"""The figure of sites or coaches: a funnel that says what chance alone would give."""

from __future__ import annotations

from dashboard import charts, notes, twins, words
from dashboard.funnel import funnel
from dashboard.ui import data
from dashboard.ui.card import Contents, draw, title_of


def units(number: int, unit: str, where: data.Where) -> None:
    """Draw the funnel of sites or of coaches."""
    draw(f"funnel_{unit}", number, _units, unit, where)


def _units(unit: str, where: data.Where, mode: str) -> Contents:
    plural = {"site": "sites", "coach": "coaches"}[unit]
    table = data.ask(f"{unit}_funnel", where=where)
    found = funnel(table)
    people = f" {words.people(found.dots['n'].sum())}." if found else ""
    chance = ""
    if found:
        outside = words.number(max(found.expected_outside, 1))
        chance = f"With {len(found.dots)} {plural}, expect about {outside} outside the inner range by chance. "
        if found.allows_for_differences:
            chance += f"These {plural} differ more than chance alone would give. "
        between = table[table["series"].eq("icc") & table["status"].eq("shown")]
        if len(between):
            part = words.percent(between["estimate"].iloc[0])
            chance += f"Of the differences between people, {part} lie between {plural}. "
    small = table[table["series"].eq("in_small_units") & table["status"].eq("shown")]
    left_out = f"{words.people(small['estimate'].iloc[0])} of {plural} with fewer people." if len(small) else ""
    care = f"{plural} are not ranked. A dot outside the range is a reason to ask, not a judgement: people, places and "
    return Contents(
        title=title_of("funnel", table, plural=plural),
        subtitle=f"Share of people who stayed 6 months, by number of people who could be followed so long.{people} "
        "Inner shade: where 95 of 100 would lie by chance. Outer: 998 of 1,000.",
        chart=charts.funnel_chart(table, mode, title="People with complete follow-up", everybody=f"all {plural}"),
        table=table,
        twin=twins.funnel(table, heading=unit.capitalize()),
        notes=notes.notes(
            table,
            data.about(),
            more={"Counted": chance, "Not shown": left_out, "Read with care": f"{care}recording practice differ."},
        ),
        kind="funnel",
        marks="site" if unit == "site" else "",
    )
