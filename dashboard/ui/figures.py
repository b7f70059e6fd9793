"""The figures of the pages: each asks its question, lets the data choose the title, and fills one card.

A public function draws a card; the function of the same name with an underscore works out what it holds, once for
each version of the data, filter and theme.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard import charts, groups, notes, sentences, twins, words
from dashboard.answers import Settings, definition, record_of
from dashboard.funnel import funnel
from dashboard.ui import data, style
from dashboard.ui.card import Contents, card, figure

HORIZON, LANDMARK = 180, 30
MONTHS_SINCE_START = "Months since the first session"
MONTHS_SINCE_LANDMARK = "Months since day 30"
BAND = "Shaded band: range of uncertainty (95%)."
BANDS = "Shaded bands: range of uncertainty (95%)."
FROM_DAY_30 = (
    "Estimated share who had not left early 6 months after the first session, among people still in the program on "
    "day 30, by"
)
HELD = {
    "held_equal_severity_score": "baseline severity",
    "held_equal_age_band": "age",
    "held_equal_housing": "housing",
    "held_equal_primary_substance": "main substance",
    "held_equal_prior_episodes": "earlier episodes",
}
"""Rows of a ratio table that name what is held equal."""
NO_CHART: dict[str, Any] = {"data": [], "layout": {}}


def staying_everyone(number: int, where: data.Where, settings: Settings = data.STANDARD) -> None:
    """Draw the staying curve of everyone."""
    _draw("staying", number, _staying_everyone, where, settings)


def staying_by(
    number: int,
    dimension: str,
    where: data.Where,
    settings: Settings = data.STANDARD,
    *,
    level: int = 2,
    key: str = "",
) -> None:
    """Draw staying split by `dimension`: score bands from day 30, everything else from the first session.

    Where another split takes the place of this one on the page, all of them have the same `key`, so that the lines
    change in place.
    """
    _draw(key or f"staying_{dimension}", number, _staying_by, dimension, where, settings, level=level, height=480)


def where_people_are(number: int, where: data.Where, settings: Settings = data.STANDARD) -> None:
    """Draw where people are over time."""
    _draw("where", number, _where_people_are, where, settings)


def reasons(number: int, where: data.Where, settings: Settings = data.STANDARD) -> None:
    """Draw the reasons people left for."""
    _draw("reasons", number, _reasons, where, settings)


def scores(number: int, construct: str, where: data.Where) -> None:
    """Draw how many people have a lower, middle or higher early score."""
    _draw(f"scores_{construct}", number, _scores, construct, where, level=3, height=320)


def both_scores(number: int, where: data.Where) -> None:
    """Draw the heat map of staying by both early scores."""
    _draw("both_scores", number, _both_scores, where, level=3)


def dose(number: int, construct: str, where: data.Where) -> None:
    """Draw staying against the early score."""
    _draw(f"dose_{construct}", number, _dose, construct, where, level=3)


def ratios(number: int, construct: str, where: data.Where) -> None:
    """Draw leaving early by early score as ratios: as it is, differences held equal, among people of one coach."""
    _draw(f"ratio_{construct}", number, _ratios, construct, where, level=3, height=340)


def units(number: int, unit: str, where: data.Where) -> None:
    """Draw the funnel of sites or of coaches."""
    _draw(f"funnel_{unit}", number, _units, unit, where)


def _draw(
    key: str, number: int, make: Callable[..., Contents], *asked: object, level: int = 2, height: int = 420
) -> None:
    """Draw the card `key`; it holds what `make` returns for what is asked and the theme."""
    asked = (*asked, style.mode())
    with card(key, height, ready=data.known(make, *asked)):
        figure(key, number, data.kept(make, *asked), level=level)


def six_months(where: data.Where, settings: Settings = data.STANDARD) -> pd.DataFrame:
    """Return the table every word about staying to six months is read from, so that a page says one number.

    It is the staying curve as long as its line is drawn that far, else the published or live share itself.
    """
    curve = data.ask("staying_curve", where=where, settings=settings)
    if sentences.at(curve, HORIZON) is not None:
        return curve
    return data.ask("stayed_share", where=where, settings=settings)


def _staying_everyone(where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask("staying_curve", where=where, settings=settings)
    people = groups.followed(table)
    headline = six_months(where, settings)
    title = _title("staying", headline, empty=table)
    if people is None:
        title = sentences.small_group(headline) or title
    counted = f" {words.people(people)}." if people else ""
    return Contents(
        title=title,
        subtitle=f"Estimated share who had not left early, by months since the first session.{counted} {BAND}",
        chart=charts.curve(table, mode),
        table=table,
        twin=twins.over_time(table),
        notes=notes.notes(table, data.about(), more=_gap(table)),
        kind="curve",
        settings=settings,
    )


def _staying_by(dimension: str, where: data.Where, settings: Settings, mode: str) -> Contents:
    what = {"alliance_band": "early alliance", "self_efficacy_band": "early self-efficacy"}.get(dimension)
    names = data.names(dimension)
    asked = data.ask("staying_curve", (dimension,), where, settings)
    table = groups.compared(_without(asked, ("no_score", "left_before")))
    horizon = HORIZON - LANDMARK if what else HORIZON
    axis = MONTHS_SINCE_LANDMARK if what else MONTHS_SINCE_START
    noun = what or _noun(dimension)
    people = groups.followed(table)
    among = f"{words.people(people or 0)} still in the program on day 30" if what else words.people(people or 0)
    construct = dimension.removesuffix("_band")
    return Contents(
        title=_title("staying_by", table, empty=asked, what=noun, names=names, horizon=horizon, bands=what is not None),
        subtitle=f"Estimated share who had not left early, by {noun}{_cuts(dimension)}."
        + (f" Among {among}. {BANDS}" if people else ""),
        chart=charts.curve(
            table,
            mode,
            names=names,
            horizon=horizon,
            horizon_label="6 months after the first session" if what else "6 months",
            title=axis,
            end=365 - LANDMARK if what else 365,
        ),
        table=asked,
        twin=twins.over_time(table, names, title=axis),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Not shown": _apart(asked, names),
                "Missing": _missing(construct, where) if what else "",
                "Read with care": _care(construct),
                **_gap(asked),
            },
        ),
        kind="curve_by_score" if what else "curve_by_group",
        by=(dimension,),
        settings=settings,
    )


def _where_people_are(where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask("where_people_are", where=where, settings=settings)
    started = table[table["series"].eq("reached_start") & table["status"].isin(["shown", "rough"])]
    counted = f" {words.people(started['estimate'].iloc[0])}." if len(started) else ""
    return Contents(
        title=_title("where", table),
        subtitle=f"Estimated share of everyone who started, by months since the first session.{counted} Everything "
        "below the pale part counts as having stayed. Ranges of uncertainty are in the table.",
        chart=charts.stack(table, mode),
        table=table,
        twin=twins.where(table),
        notes=notes.notes(table, data.about(), more=_gap(table)),
        kind="where",
        settings=settings,
    )


def _reasons(where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask("exit_reasons", where=where, settings=settings)
    shown = table[table["status"].isin(["shown", "rough"]) & table["n"].notna()]
    people = f" {words.people(shown['n'].iloc[0])}." if len(shown) else ""
    return Contents(
        title=_title("reasons", table),
        subtitle=f"Share of people whose time in the program ended within a year, by recorded reason.{people} Thin "
        "lines: range of uncertainty (95%).",
        chart=charts.bars(table, mode),
        table=table,
        twin=twins.bars(table, heading="Reason"),
        notes=notes.notes(table, data.about(), more=_gap(table)),
        kind="reasons",
        settings=settings,
    )


def _scores(construct: str, where: data.Where, mode: str) -> Contents:
    what = f"early {words.CONSTRUCT_NAMES[construct]}"
    table = data.ask(f"early_{construct}", where=where)
    bands = table[table["series"].eq("band")]
    row = sentences.mean(table)
    average = "" if row is None else f" Average {_average(row)}; {words.people(row['n'])}."
    care = " ".join(text for text in (_ceiling(table), unconfirmed(construct)) if text)
    return Contents(
        title=_title("bands", table, what=what),
        subtitle=f"Share of people by {what} score, first 30 days{_cuts(f'{construct}_band')}.{average} Thin lines: "
        "range of uncertainty (95%).",
        chart=charts.bars(bands, mode),
        table=table,
        twin=twins.bars(bands, heading="Score"),
        notes=notes.notes(bands, data.about(), more={"Missing": _missing(construct, where), "Read with care": care}),
        kind="scores",
    )


def _both_scores(where: data.Where, mode: str) -> Contents:
    table = data.ask("stayed_by_alliance_and_self_efficacy", where=where)
    cells = table[table["shape"].eq("cell") & table["level"].ne("")]
    people = cells["n"].sum()
    counted = f" {words.people(people)} in the cells shown." if people else ""
    return Contents(
        title=_title("both_scores", table),
        subtitle=f"{FROM_DAY_30} both early scores.{counted} In each cell: the share, its range of uncertainty (95%) "
        "and the people. Stronger colour: more people stayed.",
        chart=charts.heatmap(table, mode) if len(cells) else NO_CHART,
        table=table,
        twin=twins.cells(table),
        notes=notes.notes(table, data.about(), more={"Read with care": _care("alliance", "self_efficacy")}),
        kind="heatmap",
        by=("alliance_band", "self_efficacy_band"),
    )


def _dose(construct: str, where: data.Where, mode: str) -> Contents:
    what = f"early {words.CONSTRUCT_NAMES[construct]}"
    table = data.ask(f"dose_response_{construct}", where=where)
    drawn = table["status"].isin(["shown", "rough"]).any()
    return Contents(
        title=_title("dose", table, what=what),
        subtitle=f"{FROM_DAY_30} {what} score. Bars: range of uncertainty (95%). Dashed: straight-line summary.",
        chart=charts.dose(table, mode, title=f"Average {what} score{_scale(construct)}") if drawn else NO_CHART,
        table=table,
        twin=twins.dots(table),
        notes=notes.notes(table, data.about(), more={"Read with care": _care(construct)}),
        kind="dose",
    )


def _ratios(construct: str, where: data.Where, mode: str) -> Contents:
    what = f"early {words.CONSTRUCT_NAMES[construct]}"
    table = data.ask(f"ratio_{construct}", where=where)
    drawn = table["shape"].eq("point") & table["stat"].eq("ratio") & table["status"].isin(["shown", "rough"])
    step = table[table["series"].eq("reference_sd")]
    size = f" One step is {words.score(step['estimate'].iloc[0])} points{_scale(construct)}." if len(step) else ""
    equal = [HELD[series] for series in table["series"] if series in HELD]
    held = f"Held equal: {words.joined(equal)}; people are compared within their site. " if equal else ""
    care = f"{_care(construct)} {definition('few_coaches').words}"
    return Contents(
        title=_title("ratio", table, what=what),
        subtitle=f"How often people left early after day 30 whose {what} score was one step higher, as a ratio.{size} "
        "Lines: range of uncertainty (95%), people of one coach held together.",
        chart=charts.forest(table, mode) if drawn.any() else NO_CHART,
        table=table,
        twin=twins.ratios(table),
        notes=notes.notes(table, data.about(), more={"Counted": held, "Read with care": care}),
        kind="ratio",
    )


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
        title=_title("funnel", table, plural=plural),
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
    )


def _gap(table: pd.DataFrame) -> dict[str, str]:
    """Return the note that leaving early was counted with another gap than usual; nothing where it was not."""
    days = record_of(table).get("gap_days", data.STANDARD.gap_days)
    if days == data.STANDARD.gap_days:
        return {}
    return {"Counted": f"left early after {days} days without contact, not {data.STANDARD.gap_days} as elsewhere."}


def _title(kind: str, table: pd.DataFrame, *, empty: pd.DataFrame | None = None, **about: Any) -> str:
    """Return the title, or that the figure is not published where the release does not have it."""
    asked = table if empty is None else empty
    if len(asked) and set(asked["status"]) == {"not_applicable"}:
        return "This figure was not published for these filters"
    return sentences.title(kind, table, **about)


def _without(table: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """Return `table` without some levels, and without differences that name them."""
    return table[~table["level"].map(lambda level: bool(set(str(level).split("|")) & set(levels)))]


def _apart(asked: pd.DataFrame, names: dict[str, str]) -> str:
    """Return whom curves by group leave out, and the groups that are too small to be drawn."""
    small = groups.left_out(_without(asked, ("no_score", "left_before")), names)
    return " ".join(text for text in (notes.left_out(asked), small) if text)


def _noun(dimension: str) -> str:
    found = data.dimensions().get(dimension)
    return found.label.lower() if found else dimension.replace("_", " ")


def _average(row: pd.Series) -> str:
    """Return '4.1 (could be 4.0 to 4.2)'."""
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return words.score(row["estimate"])
    return f"{words.score(row['estimate'])} (could be {words.score_range(row['lower'], row['upper'])})"


def _missing(construct: str, where: data.Where) -> str:
    """Return how many people still in on day 30 have no early score of `construct`."""
    return notes.answered(
        data.ask("response_rate", where=where), construct, f"early {words.CONSTRUCT_NAMES[construct]}"
    )


def _instrument(construct: str) -> dict[str, Any]:
    """Return what stands for `construct`: name, scale_min, scale_max, band_low, band_high, verified; maybe nothing."""
    found = (data.about().get("instruments") or {}).get(construct) or {}
    return dict(found)


def unconfirmed(*constructs: str) -> str:
    """Return a sentence naming the questionnaires whose scoring key is not confirmed yet; empty if all are."""
    named = [_instrument(construct) for construct in constructs]
    unsure = [str(known["name"]) for known in named if known.get("verified") is False and known.get("name")]
    if not unsure:
        return ""
    return f"The scoring of {words.joined(unsure)} is still to be confirmed with its manual."


def _cuts(dimension: str) -> str:
    """Return ' (lower: under 3.8; middle: 3.8 to under 4.5; higher: 4.5 and over)' where the cuts are known."""
    known = _instrument(dimension.removesuffix("_band")) if dimension.endswith("_band") else {}
    low, high = known.get("band_low"), known.get("band_high")
    if low is None or high is None:
        return ""
    return f" (lower: under {low:g}; middle: {low:g} to under {high:g}; higher: {high:g} and over)"


def _care(*constructs: str) -> str:
    """Return what to keep in mind about an association with early scores."""
    return f"{notes.GO_TOGETHER} {unconfirmed(*constructs)}".strip()


def _scale(construct: str) -> str:
    known = _instrument(construct)
    if known.get("scale_min") is None or known.get("scale_max") is None:
        return ""
    return f" ({known['scale_min']:g} to {known['scale_max']:g})"


def _ceiling(table: pd.DataFrame) -> str:
    """Return how many people gave the highest rating, if many did."""
    row = table[table["series"].eq("at_ceiling") & table["status"].isin(["shown", "rough"])]
    if row.empty or row["estimate"].iloc[0] < 0.1:
        return ""
    share = words.percent(row["estimate"].iloc[0])
    return f"{share} of people gave the highest possible rating, so differences at the top cannot be seen."
