"""The figure of sites or coaches: a funnel that says what chance alone would give."""

from __future__ import annotations

from dashboard import charts, notes, twins, words
from dashboard.funnel import Funnel, funnel
from dashboard.language import noted, say
from dashboard.sentences import paragraph
from dashboard.ui import data
from dashboard.ui.card import Contents, draw, title_of

HEADINGS = {"site": noted("Site"), "coach": noted("Coach")}
PLURALS = {"site": noted("sites"), "coach": noted("coaches")}
EVERYBODY = {"site": noted("all sites"), "coach": noted("all coaches")}


def units(number: int, unit: str, where: data.Where) -> None:
    """Draw the funnel of sites or of coaches."""
    draw(f"funnel_{unit}", number, _units, unit, where)


def _units(unit: str, where: data.Where, mode: str) -> Contents:
    plural = say(PLURALS[unit])
    table = data.ask(f"{unit}_funnel", where=where)
    found = funnel(table)
    small = table[table["series"].eq("in_small_units") & table["status"].eq("shown")]
    left_out = ""
    if len(small):
        people = words.people(small["estimate"].iloc[0])
        left_out = say(
            "{people} of {plural} with fewer than {number} people followed so long.",
            people=people,
            plural=plural,
            number=data.about()["units_from"][unit],
        )
    care = say(
        "{plural} are not ranked. A dot outside the range is a reason to ask, not a judgement: people, places and "
        "recording practice differ.",
        plural=plural,
    )
    return Contents(
        title=title_of("funnel", table, plural=plural),
        subtitle=paragraph(
            say("Share of people who stayed 6 months, by number of people who could be followed so long."),
            f"{words.people(found.dots['n'].sum())}." if found else "",
            say("Inner shade: where 95 of 100 would lie by chance. Outer: 998 of 1,000."),
        ),
        chart=charts.funnel_chart(
            table, mode, title=say("People with complete follow-up"), everybody=say(EVERYBODY[unit])
        ),
        table=table,
        twin=twins.funnel(table, heading=HEADINGS[unit]),
        notes=notes.notes(
            table,
            data.about(),
            more={"Counted": _chance(found, plural), "Not shown": left_out, "Read with care": care},
        ),
        kind="funnel",
        marks="site" if unit == "site" else "",
    )


def _chance(found: Funnel | None, plural: str) -> str:
    """Return how many dots chance alone would put outside, and whether units differ more than that."""
    if found is None:
        return ""
    outside = found.expected_outside
    expected = say(
        "With {number} {plural}, expect {outside} outside the inner range by chance.",
        number=len(found.dots),
        plural=plural,
        outside=say("about {number}", number=words.number(outside)) if outside >= 0.5 else say("fewer than 1"),
    )
    differ = ""
    if found.allows_for_differences:
        differ = say("These {plural} differ more than chance alone would give.", plural=plural)
    return paragraph(expected, differ)
