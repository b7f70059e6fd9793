"""The figure of scores over the months, with the warning where people leaving look like scores rising."""

from __future__ import annotations

import pandas as pd

from dashboard import charts, notes, sentences_months, twins_months, words
from dashboard.charts.frame import SHOWN
from dashboard.language import noted, say
from dashboard.sentences import paragraph
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw

ONLY_THEM = noted("The same people are those who stayed: how others would have gone on is not known.")


def months(number: int, construct: str, where: data.Where) -> None:
    """Draw how scores of `construct` go on over the months."""
    draw(f"months_{construct}", number, _months, construct, where, level=3, height=560)


def measured(construct: str) -> bool:
    """Tell whether a questionnaire for `construct` has been loaded."""
    return bool(score_words.instrument(construct))


def _months(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.name(construct)
    table = data.ask(f"trajectory_{construct}", where=where)
    means = table[table["stat"].eq("mean") & table["status"].isin(SHOWN) & table["x"].notna()]
    known = score_words.instrument(construct)
    ends = (known.get("scale_min"), known.get("scale_max"))
    scale = (float(ends[0]), float(ends[1])) if ends[0] is not None and ends[1] is not None else None
    everybody = means[means["series"].eq("everybody_rated")]["n"]
    drawn = bool(len(everybody))
    care = (say(ONLY_THEM), sentences_months.ceiling(table), score_words.unconfirmed(construct))
    return Contents(
        title=sentences_months.title(table, what=what),
        subtitle=_subtitle(means, what, score_words.scale(construct)),
        chart=charts.months(table, mode, scale=scale) if drawn else NO_CHART,
        table=table,
        twin=twins_months.months(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": paragraph(sentences_months.pace(table), sentences_months.changed(table)),
                "Read with care": paragraph(*care),
            },
        ),
        kind="months",
        caution=sentences_months.warning(table) if drawn else "",
    )


def _subtitle(means: pd.DataFrame, what: str, scale: str) -> str:
    """Return what the lines are, and how many people the two strong ones rest on."""
    same, everybody = (means[means["series"].eq(series)]["n"] for series in ("same_people", "everybody_rated"))
    thick, dashed = "", ""
    if len(same):
        people = words.people(same.iloc[0])
        thick = say("Thick line: the same {people}, rated in each of those months.", people=people)
    if len(everybody):
        number = words.number(everybody.iloc[0])
        dashed = say("Dashed: everybody still rated, {number} at first.", number=number)
    return paragraph(
        say("Average {what} score{scale} by month since the first session.", what=what, scale=scale),
        thick,
        dashed,
        say("Thin lines: people by how long they stayed. Shaded bands: range of uncertainty (95%)."),
    )
