"""The figures of staying and early scores: each asks its question, lets the data choose the title, and fills a card.

A public function draws a card; the function of the same name with an underscore works out what it holds, once for
each version of the data, filter and theme.
"""

from __future__ import annotations

import pandas as pd

from dashboard import charts, clear, groups, notes, sentences, stayed, twins, words
from dashboard.answers import Settings, record_of
from dashboard.language import noted, say
from dashboard.sentences import paragraph
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw, title_of

HORIZON, LANDMARK = 180, 30
MONTHS_SINCE_START = noted("Months since the first session")
MONTHS_SINCE_LANDMARK = noted("Months since day 30")
BAND = noted("Shaded band: range of uncertainty (95%).")
BANDS = noted("Shaded bands: range of uncertainty (95%).")
THIN_LINES = noted("Thin lines: range of uncertainty (95%).")
IN_A_CURVE = noted(
    "everybody still in the program on day 30, each for as long as the records reach; shares at 6 months are of fewer "
    "people."
)
IN_A_SHARE = noted(
    "people of periods in which everybody is followed to 6 months; the curves hold people who started later too."
)
"""Whom the figures of a release count: a curve everybody, a share those who are followed so long."""
SCORE_BANDS = {"alliance_band": "alliance", "self_efficacy_band": "self_efficacy"}
"""Dimensions that are bands of an early score, with its construct."""


def staying_everyone(number: int, where: data.Where, settings: Settings = data.STANDARD, *, level: int = 2) -> None:
    """Draw the staying curve of everyone."""
    draw("staying", number, _staying_everyone, where, settings, level=level)


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
    draw(key or f"staying_{dimension}", number, _staying_by, dimension, where, settings, level=level, height=480)


def where_people_are(number: int, where: data.Where, settings: Settings = data.STANDARD, *, level: int = 2) -> None:
    """Draw where people are over time."""
    draw("where", number, _where_people_are, where, settings, level=level)


def reasons(number: int, where: data.Where, settings: Settings = data.STANDARD, *, level: int = 2) -> None:
    """Draw the reasons people left for."""
    draw("reasons", number, _reasons, where, settings, level=level)


def scores(number: int, construct: str, where: data.Where) -> None:
    """Draw how many people have a lower, middle or higher early score."""
    draw(f"scores_{construct}", number, _scores, construct, where, level=3, height=320)


def both_scores(number: int, where: data.Where) -> None:
    """Draw the heat map of staying by both early scores."""
    draw("both_scores", number, _both_scores, where, level=3)


def dose(number: int, construct: str, where: data.Where) -> None:
    """Draw staying against the early score."""
    draw(f"dose_{construct}", number, _dose, construct, where, level=3)


def six_months(where: data.Where, settings: Settings = data.STANDARD) -> pd.DataFrame:
    """Return the table every word about staying to six months is read from."""
    return stayed.table_to(HORIZON, lambda measure: data.ask(measure, where=where, settings=settings))


def _staying_everyone(where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask("staying_curve", where=where, settings=settings)
    people = groups.followed(table)
    headline = six_months(where, settings)
    title = title_of("staying", headline, empty=table)
    if people is None:
        title = sentences.small_group(headline) or title
    counted = f"{words.people(people)}." if people else ""
    return Contents(
        title=title,
        subtitle=paragraph(
            say("Estimated share who had not left early, by months since the first session."), counted, say(BAND)
        ),
        chart=charts.curve(table, mode),
        table=table,
        twin=twins.over_time(table),
        notes=notes.notes(table, data.about(), more=_gap(table) | _read_elsewhere(table, headline)),
        kind="curve",
        settings=settings,
    )


def _read_elsewhere(curve: pd.DataFrame, headline: pd.DataFrame) -> dict[str, str]:
    """Return the note that the share of the title is no point of the line; nothing where it is one or there is none."""
    people = stayed.people_beside(curve, headline)
    if people is None:
        return {}
    said = say(
        "the share at 6 months is that of the {people} followed so long; the line has no point there.",
        people=words.people(people),
    )
    return {"Counted": said}


def _staying_by(dimension: str, where: data.Where, settings: Settings, mode: str) -> Contents:
    what = score_words.early(SCORE_BANDS[dimension]) if dimension in SCORE_BANDS else None
    names = data.names(dimension)
    asked = data.ask("staying_curve", (dimension,), where, settings)
    table = groups.compared(_without(asked, ("no_score", "left_before")))
    horizon = HORIZON - LANDMARK if what else HORIZON
    axis = MONTHS_SINCE_LANDMARK if what else MONTHS_SINCE_START
    noun = what or noun_of(dimension)
    construct = dimension.removesuffix("_band")
    return Contents(
        title=title_of(
            "staying_by", table, empty=asked, what=noun, names=names, horizon=horizon, bands=what is not None
        ),
        subtitle=paragraph(
            say("Estimated share who had not left early, by {noun}.", noun=f"{noun}{score_words.cuts(dimension)}"),
            *_among(groups.followed(table, asked), table, from_day_30=what is not None),
        ),
        chart=charts.curve(
            table,
            mode,
            names=names,
            horizon=horizon,
            horizon_label=say("6 months after the first session") if what else say("6 months"),
            title=say(axis),
            end=365 - LANDMARK if what else 365,
        ),
        table=asked,
        twin=twins.over_time(table, names, title=axis, horizon=horizon),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Not shown": _apart(asked, names),
                "Missing": score_words.missing(construct, where) if what else "",
                "Read with care": score_words.care(construct, clear=clear.staying(table, horizon)),
                "Counted": _counted(IN_A_CURVE) if what else "",
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
    counted = f"{words.people(started['estimate'].iloc[0])}." if len(started) else ""
    return Contents(
        title=title_of("where", table),
        subtitle=paragraph(
            say("Estimated share of everyone who started, by months since the first session."),
            counted,
            say("Everything below the top part counts as having stayed. Ranges of uncertainty are in the table."),
        ),
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
    people = f"{words.people(shown['n'].iloc[0])}." if len(shown) else ""
    return Contents(
        title=title_of("reasons", table),
        subtitle=paragraph(
            say("Share of people whose time in the program ended within a year, by recorded reason."),
            people,
            say(THIN_LINES),
        ),
        chart=charts.bars(table, mode),
        table=table,
        twin=twins.bars(table, heading=noted("Reason")),
        notes=notes.notes(table, data.about(), more=_gap(table)),
        kind="reasons",
        settings=settings,
    )


def _scores(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"early_{construct}", where=where)
    bands = table[table["series"].eq("band")]
    row = sentences.mean(table)
    average = ""
    if row is not None:
        average = say("Average {average}; {people}.", average=score_words.average(row), people=words.people(row["n"]))
    cuts = score_words.cuts(f"{construct}_band")
    return Contents(
        title=title_of("bands", table, what=what),
        subtitle=paragraph(
            say("Share of people by {what} score, first 30 days{cuts}.", what=what, cuts=cuts),
            average,
            say(THIN_LINES),
        ),
        chart=charts.bars(bands, mode),
        table=table,
        twin=twins.bars(bands, heading=noted("Score")),
        notes=notes.notes(
            bands,
            data.about(),
            more={
                "Counted": score_words.stands_for(construct),
                "Missing": score_words.missing(construct, where),
                "Read with care": paragraph(score_words.ceiling(table), score_words.unconfirmed(construct)),
            },
        ),
        kind="scores",
    )


def _both_scores(where: data.Where, mode: str) -> Contents:
    constructs = ("alliance", "self_efficacy")
    table = data.ask("stayed_by_alliance_and_self_efficacy", where=where)
    cells = table[table["shape"].eq("cell") & table["level"].ne("")]
    people = cells["n"].sum() if groups.sum_is_safe(cells) else 0
    counted = say("{people} in the cells shown.", people=words.people(people)) if people else ""
    return Contents(
        title=title_of("both_scores", table),
        subtitle=paragraph(
            say(
                "Estimated share who had not left early 6 months after the first session, among people still in the "
                "program on day 30, by both early scores."
            ),
            counted,
            say(
                "In each cell: the share, its range of uncertainty (95%) and the people. Stronger colour: more people "
                "stayed."
            ),
        ),
        chart=charts.heatmap(table, mode) if len(cells) else NO_CHART,
        table=table,
        twin=twins.cells(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": _counted(IN_A_SHARE),
                "Not shown": _not_followed(where),
                "Missing": score_words.all_missing(constructs, where),
                "Read with care": score_words.care(
                    *constructs, clear=sentences.corners_compared(table) and clear.difference(table)
                ),
            },
        ),
        kind="heatmap",
        by=("alliance_band", "self_efficacy_band"),
    )


def _dose(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"dose_response_{construct}", where=where)
    shown = table[table["status"].isin(["shown", "rough"])]
    drawn, has_line = len(shown) > 0, shown["stat"].eq("slope").any() and shown["stat"].eq("share").sum() > 1
    return Contents(
        title=title_of("dose", table, what=what),
        subtitle=say(
            "Estimated share who had not left early 6 months after the first session, among people still in the "
            "program on day 30, by {what} score. Bars: range of uncertainty (95%).",
            what=what,
        )
        + (f" {say('Dashed: straight-line summary.')}" if has_line else ""),
        chart=charts.dose(table, mode, title=f"{say('Average {what} score', what=what)}{score_words.scale(construct)}")
        if drawn
        else NO_CHART,
        table=table,
        twin=twins.dots(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": _counted(IN_A_SHARE),
                "Not shown": _not_followed(where),
                "Missing": score_words.missing(construct, where),
                "Read with care": score_words.care(construct, clear=clear.slope(table)),
            },
        ),
        kind="dose",
    )


def _counted(whom: str) -> str:
    """Return whom a figure of a release counts; at the program's own door curves and shares count the same people."""
    return say(whom) if data.about()["audience"] == "public" else ""


def _not_followed(where: data.Where) -> str:
    """Return which cohorts of a release are not counted in shares to 6 months, because they are not followed so far."""
    if data.about()["audience"] != "public":
        return ""
    table = data.ask("stayed_share", ("cohort",), where)
    early = table[table["status"].eq("immature") & table["x"].eq(HORIZON)]["level"]
    if early.empty:
        return ""
    periods = words.joined([words.period(str(level)) for level in early])
    return say("people enrolled in {periods}, not all of whom are followed to 6 months yet.", periods=periods)


def _gap(table: pd.DataFrame) -> dict[str, str]:
    """Return the note that leaving early was counted with another gap than usual; nothing where it was not."""
    days = record_of(table).get("gap_days", data.STANDARD.gap_days)
    if days == data.STANDARD.gap_days:
        return {}
    said = say(
        "left early after {days} days without contact, not {usual} as elsewhere.",
        days=days,
        usual=data.STANDARD.gap_days,
    )
    return {"Counted": said}


def _among(people: float | None, table: pd.DataFrame, *, from_day_30: bool) -> tuple[str, ...]:
    """Return who the lines of a comparison start with, if it may be said, and what their bands are, if any is drawn."""
    if not people:
        return (say(BANDS),) if groups.sizes(table) else ()
    counted = words.people(people)
    if from_day_30:
        return say("Among {people} still in the program on day 30.", people=counted), say(BANDS)
    return say("Among {people}.", people=counted), say(BANDS)


def _without(table: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """Return `table` without some levels, and without differences that name them."""
    return table[~table["level"].map(lambda level: bool(set(str(level).split("|")) & set(levels)))]


def _apart(asked: pd.DataFrame, names: dict[str, str]) -> str:
    """Return whom curves by group leave out, and the groups that are too small to be drawn."""
    small = groups.left_out(_without(asked, ("no_score", "left_before")), names)
    return paragraph(notes.left_out(asked), small)


def noun_of(dimension: str) -> str:
    """Return what people are split by, as it reads after 'by'."""
    if dimension in words.DIMENSION_NOUNS:
        return say(words.DIMENSION_NOUNS[dimension])
    found = data.dimensions().get(dimension)
    return say(found.label).lower() if found else dimension.replace("_", " ")
