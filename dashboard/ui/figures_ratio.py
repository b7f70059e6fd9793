"""The figures of leaving early as a ratio: differences held equal, other choices, along the scale, through a score."""

from __future__ import annotations

from dashboard import charts, notes, twins, words
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw, title_of

HELD = {
    "held_equal_severity_score": "baseline severity",
    "held_equal_age_band": "age",
    "held_equal_housing": "housing",
    "held_equal_primary_substance": "main substance",
    "held_equal_prior_episodes": "earlier episodes",
}
"""Rows of a ratio table that name what is held equal."""


def ratios(number: int, construct: str, where: data.Where) -> None:
    """Draw leaving early by early score as ratios: as it is, differences held equal, among people of one coach."""
    draw(f"ratio_{construct}", number, _ratios, construct, where, level=3, height=340)


def _ratios(construct: str, where: data.Where, mode: str) -> Contents:
    what = f"early {words.CONSTRUCT_NAMES[construct]}"
    table = data.ask(f"ratio_{construct}", where=where)
    drawn = table["shape"].eq("point") & table["stat"].eq("ratio") & table["status"].isin(["shown", "rough"])
    step = table[table["series"].eq("reference_sd")]
    size = (
        f" One step is {words.score(step['estimate'].iloc[0])} points{score_words.scale(construct)}."
        if len(step)
        else ""
    )
    equal = [HELD[series] for series in table["series"] if series in HELD]
    held = f"Held equal: {words.joined(equal)}; people are compared within their site. " if equal else ""
    return Contents(
        title=title_of("ratio", table, what=what),
        subtitle=f"How often people left early after day 30 whose {what} score was one step higher, as a ratio.{size} "
        "Lines: range of uncertainty (95%), people of one coach held together.",
        chart=charts.forest(table, mode) if drawn.any() else NO_CHART,
        table=table,
        twin=twins.ratios(table),
        notes=notes.notes(table, data.about(), more={"Counted": held, "Read with care": score_words.care(construct)}),
        kind="ratio",
    )
