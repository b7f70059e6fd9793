"""The figures of the report: each asks its question, lets the data choose its title, and is drawn wide and narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from dashboard import sentences, stayed, words
from dashboard.answers import Answers, InputFault, Question
from dashboard.language import noted, say
from dashboard.report.curve import curve, lines
from dashboard.report.dots import MOST, dots
from dashboard.report.heat_map import heat_map

SHOWN = ("shown", "rough")
SINCE_DAY_30 = 150.0
FULL, HALF, PHONE = 688, 330, 340
"""Widths in px at which the drawings are shown: across the sheet, in one of its two columns, on a phone."""

EARLY_ALLIANCE = noted("early alliance")
OF_STAYING = noted(
    "Estimated share who had not left early, from day 30 after the first session on, by alliance in those 30 days. "
    "Dotted line: six months after the first session. Shaded: range of uncertainty (95%)."
)
OF_BOTH_SCORES = noted("Share who stayed to 6 months, of people still in on day 30. Stronger colour: more stayed.")
OF_SITES = noted(
    "Of people followed for 6 months. Alphabetical, not a ranking. Line: what it could be (95%); where lines overlap, "
    "chance may explain it."
)


def staying_title(table: pd.DataFrame) -> str:
    """Return what the data support about staying by early alliance."""
    if lines(table).empty:
        return sentences.withheld(table, say("staying by early alliance"))
    return staying_by_alliance(table)


def staying_by_alliance(table: pd.DataFrame) -> str:
    """Return whether those with higher and lower early alliance differ in staying, clearly or not."""
    return sentences.staying_by(table, what=say(EARLY_ALLIANCE), horizon=SINCE_DAY_30, bands=True)


def both_title(table: pd.DataFrame) -> str:
    """Return what the data support about staying by both early scores."""
    if not table.loc[table["shape"].eq("cell"), "status"].isin(SHOWN).any():
        return sentences.withheld(table, say("staying by both early scores"))
    return sentences.both_scores(table)


def staying(table: pd.DataFrame, *, plot: int) -> str:
    """Return the figure of staying by early alliance; `plot` is the height of its plot in px."""
    title = staying_title(table)
    if lines(table).empty:
        return _figure(title, "", [])
    drawings = [
        curve(
            table,
            title=title,
            width=width,
            plot=height,
            marked_day=SINCE_DAY_30,
            axis=say("Months since day 30"),
            names=words.BAND_NAMES,
        )
        for width, height in ((FULL, plot), (PHONE, 150))
    ]
    return _figure(title, say(OF_STAYING), drawings)


def both_scores(table: pd.DataFrame, *, tight: bool) -> str:
    """Return the figure of staying by both early scores; `tight` makes its wide drawing lower."""
    title = both_title(table)
    if not table.loc[table["shape"].eq("cell"), "status"].isin(SHOWN).any():
        return _figure(title, "", [])
    drawings = [
        heat_map(table, title=title, width=width, tall=tall)
        for width, tall in ((HALF, 32 if tight else 37), (PHONE, 40))
    ]
    rough = table.loc[table["shape"].eq("cell"), "status"].eq("rough").any()
    subtitle = say(OF_BOTH_SCORES)
    return _figure(title, f"{subtitle} {say('~ rests on few people.')}" if rough else subtitle, drawings)


@dataclass(frozen=True, slots=True)
class Sites:
    """Staying by site: one row for each in alphabetical order, everybody's share, and what is said above them."""

    rows: pd.DataFrame
    everyone: float | None
    title: str
    subtitle: str

    @property
    def drawn(self) -> int:
        """How many sites are drawn one by one."""
        return len(self.rows) if len(self.rows) <= MOST else 0


def ask_sites(answers: Answers) -> Sites | None:
    """Return what is known of staying by site; None where no site is shown."""
    try:
        table = answers.ask(Question("stayed_share", ("site",)))
        compared = answers.ask(Question("staying_curve", ("site",)))
    except InputFault:
        return None
    rows = table[table["x"].eq(stayed.HORIZON) & table["stat"].eq("share")].sort_values("level", kind="stable")
    if not rows["status"].isin(SHOWN).any():
        return None
    row = sentences.at(answers.ask(Question("stayed_share")), stayed.HORIZON)  # counted as each site is
    everyone = None if row is None else float(row["estimate"])
    if len(rows) > MOST:
        return Sites(rows, everyone, _difference(compared), _span(rows))
    subtitle = [say(OF_SITES)]
    if everyone is not None:
        subtitle.append(say("Dotted: all of them, {share}.", share=words.percent(everyone)))
    return Sites(rows, everyone, _difference(compared), " ".join(subtitle))


def sites(found: Sites | None, *, tight: bool) -> str:
    """Return the figure of staying by site, nothing where no site is shown; `tight` sets its wide drawing closer."""
    if found is None:
        return ""
    drawings = [
        dots(found.rows, title=found.title, width=width, tall=tall, everyone=found.everyone)
        for width, tall in ((HALF, 13 if tight else 16), (PHONE, 20))
    ]
    return _figure(found.title, found.subtitle, drawings if found.drawn else [])


def _difference(table: pd.DataFrame) -> str:
    """Return whether sites differ, which is said only if the data support it; never which is first."""
    found = sentences.widest(table, stayed.HORIZON)
    if found is None:
        return say("Stayed to 6 months, by site")
    if found.clear:
        return say("Sites differ in how many people stayed to 6 months")
    return say("No clear difference between sites in staying to 6 months")


def _span(rows: pd.DataFrame) -> str:
    """Return the lowest and highest share of many sites in one sentence."""
    shown = rows[rows["status"].isin(SHOWN)]
    low, high = words.percent(shown["estimate"].min()), words.percent(shown["estimate"].max())
    missing = len(rows) - len(shown)
    said = [
        say(
            "Between {low} and {high} of people stayed to 6 months at {sites} sites.",
            low=low,
            high=high,
            sites=len(shown),
        )
    ]
    if missing:
        said.append(say("{number} more are not shown.", number=missing))
    return " ".join([*said, say("Every site is in the table “Get the data”.")])


def _figure(title: str, subtitle: str, drawings: Sequence[str]) -> str:
    said = f'<p class="subtitle">{escape(subtitle)}</p>' if subtitle else ""
    drawn = ""
    if drawings:
        wide, narrow = drawings
        drawn = f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>'
    return f'<section class="figure"><h2>{escape(title)}</h2>{said}{drawn}</section>'
