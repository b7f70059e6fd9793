"""The top of the overview: two sentences, four numbers, two rates, and what is worth a look."""

from __future__ import annotations

import html
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard import answers, charts, groups, sentences, words
from dashboard.ui import access, data, figures, filters, score_words, style
from dashboard.ui.kpi import Kpi, cards

SHOWN = ("shown", "rough")
MOST = 3
LOW_RESPONSE = 0.8
TOO_FEW = "Too few people for a figure"


def in_short(where: data.Where, *, compare: bool) -> None:
    """Say the two most important things the data support."""
    text = " ".join(f"{html.escape(sentence)}." for sentence in data.kept(_short, where, compare))
    st.html(f'<p class="in-short"><strong>In short.</strong> {text}</p>')


def _short(where: data.Where, compare: bool) -> list[str]:
    table = figures.six_months(where)
    row = sentences.at(table, 180)
    if row is None:
        said = [sentences.small_group(table) or sentences.staying(table)]
    else:
        between = "" if pd.isna(row["lower"]) else f"; could be {words.percent_range(row['lower'], row['upper'])}"
        share = words.percent(row["estimate"], rough=row["status"] == "rough")
        said = [f"{words.about(row['estimate'])} stayed to 6 months after their first session ({share}{between})"]
    if compare:
        said.append(_difference("alliance", where, among="people still in the program on day 30"))
    return [sentence for sentence in said if sentence]


def four_numbers(where: data.Where) -> None:
    """Draw the four cards."""
    cards(data.kept(_four, where, style.mode()))


def _four(where: data.Where, mode: str) -> list[Kpi]:
    scores = [_score(construct, where, mode) for construct in ("alliance", "self_efficacy")]
    return [_enrolled(where, mode), _stayed(where, mode), *scores]


def rates(where: data.Where) -> None:
    """Draw attendance and response rates with the people or sessions they rest on."""
    facts = data.kept(_rates, where)
    with st.container(key="card_rates"):
        st.html(
            '<h2 class="ct">Attendance and answers</h2><ul class="facts">'
            + "".join(f"<li>{fact}</li>" for fact in facts if fact)
            + "</ul>"
        )


def _rates(where: data.Where) -> list[str]:
    attendance = data.ask("attendance_rate", where=where)
    response = data.ask("response_rate", where=where)
    return [
        _rate(attendance, "", "Sessions attended", "of sessions planned and not called off in time", "sessions"),
        _rate(attendance, "of_scheduled", "Sessions attended", "of all sessions planned", "sessions"),
        _rate(response, "alliance", "Answered about alliance", "of people still in on day 30", "people"),
        _rate(response, "self_efficacy", "Answered about self-efficacy", "of people still in on day 30", "people"),
    ]


def worth_a_look(where: data.Where) -> None:
    """List up to three findings the data support, each with the page that shows it."""
    found = [item for item in data.kept(_candidates, where) if item[0]][:MOST]
    found = [item for item in found if access.may_open(answers.role(), item[1])]
    if not found:
        return
    with st.container(key="card_look"):
        about = "Figures about early scores count people who were still in the program on day 30."
        scores = any("early" in sentence for sentence, _, _ in found)
        st.html(f'<h2 class="ct">Worth a look</h2>{f"<p class=cs>{about}</p>" if scores else ""}')
        for place, (sentence, page, query) in enumerate(found):
            title = next(known.title for known in access.PAGES if known.name == page)
            with st.container(key=f"look_{place}", horizontal=True, vertical_alignment="center"):
                st.html(f'<p class="look">{html.escape(sentence)}.</p>', width="stretch")
                st.page_link(f"views/{page}.py", label=f"See {title}", query_params={**filters.query(), **query})


def _candidates(where: data.Where) -> list[tuple[str, str, dict[str, str]]]:
    both = data.ask("stayed_by_alliance_and_self_efficacy", where=where)
    corners = sentences.both_scores(both)
    return [
        (_clear("self_efficacy", where), "staying", {"by": "Early self-efficacy"}),
        (corners if corners.startswith("When") else "", "trust_and_confidence", {}),
        (_unanswered(where), "trust_and_confidence", {}),
        (_never_came(where), "staying", {}),
    ]


def _difference(construct: str, where: data.Where, among: str = "") -> str:
    """Return the comparison of higher and lower early scores, clear or not; nothing if it is hidden."""
    table = data.ask("staying_curve", (f"{construct}_band",), where)
    if sentences.widest(table, 150) is None:
        return ""
    what = f"early {words.CONSTRUCT_NAMES[construct]}"
    return sentences.staying_by(table, what=what, horizon=150, bands=True, among=among)


def _clear(construct: str, where: data.Where) -> str:
    table = data.ask("staying_curve", (f"{construct}_band",), where)
    difference = sentences.widest(table, 150)
    return _difference(construct, where) if difference and difference.clear else ""


def _unanswered(where: data.Where) -> str:
    rows = data.ask("response_rate", where=where)
    rows = rows[rows["status"].isin(SHOWN) & rows["upper"].lt(LOW_RESPONSE)]
    if rows.empty:
        return ""
    row = rows.loc[rows["estimate"].idxmin()]
    what = words.CONSTRUCT_NAMES.get(str(row["series"]), str(row["series"]))
    return f"Only {words.percent(row['estimate'])} of people still in on day 30 have an early {what} score"


def _never_came(where: data.Where) -> str:
    table = data.ask("people_enrolled", where=where)
    never = table[table["series"].eq("never_attended") & table["status"].isin(SHOWN)]
    if never.empty or never["estimate"].iloc[0] == 0:
        return ""
    return f"{words.people(never['estimate'].iloc[0])} enrolled and never came to a session"


def _enrolled(where: data.Where, mode: str) -> Kpi:
    table = data.ask("people_enrolled", where=where)
    row = _first(table[table["series"].eq("")], "count")
    if row is None:
        return _absent("People enrolled", table)
    by = "enrol_quarter" if "enrol_quarter" in data.dimensions() else "cohort"
    over_time = _over_time("people_enrolled", by, where)
    periods = [str(level) for level in over_time["level"]]
    line = f"{words.period(periods[0], short=True)} to {words.period(periods[-1], short=True)}" if periods else ""
    last = over_time[over_time["status"].isin(SHOWN)].tail(1)
    change = ""
    if len(last):
        period = words.period(str(last["level"].iloc[0]), short=True)
        change = f"{words.number(last['estimate'].iloc[0])} in {period}"
    return Kpi(
        "People enrolled",
        words.number(row["estimate"]),
        "people or more" if row["reason"] == "at_least" else "people",
        (line, _never_came(where).replace("enrolled and ", "")),
        charts.spark(over_time, mode, from_zero=True),
        f"People enrolled over time, {line}",
        _ends(periods),
        change,
    )


def _stayed(where: data.Where, mode: str) -> Kpi:
    table = figures.six_months(where)
    row = sentences.at(table, 180)
    label = "Stayed to 6 months"
    if row is None:
        return _absent(label, table)
    people = groups.followed(table) if row["shape"] in ("step", "line") else row["n"]
    over_time = _over_time("stayed_share", "cohort", where)
    over_time = over_time[over_time["x"].eq(180)]
    periods = [str(level) for level in over_time["level"]]
    return Kpi(
        label,
        words.percent(row["estimate"], rough=row["status"] == "rough"),
        "of people",
        (_between(row, words.percent_range), words.people(people) if pd.notna(people) else ""),
        charts.spark(over_time, mode),
        f"Share who stayed to 6 months, by half-year of enrolment, {' to '.join(_ends(periods))}",
        _ends(periods),
        sentences.change(over_time),
    )


def _score(construct: str, where: data.Where, mode: str) -> Kpi:
    table = data.ask(f"early_{construct}", where=where)
    label = f"Early {words.CONSTRUCT_NAMES[construct]}"
    row = sentences.mean(table)
    if row is None:
        return _absent(label, table)
    over_time = _over_time(f"early_{construct}", "cohort", where)
    over_time = over_time[over_time["stat"].eq("mean")]
    periods = [str(level) for level in over_time["level"]]
    top = ((data.about().get("instruments") or {}).get(construct) or {}).get("scale_max")
    return Kpi(
        label,
        words.score(row["estimate"]),
        f"out of {top:g}" if top else "on average",
        (
            _between(row, words.score_range),
            _answered(row),
            "Scoring to be confirmed" if score_words.unconfirmed(construct) else "",
        ),
        charts.spark(over_time, mode),
        f"{label} by half-year of enrolment, {' to '.join(_ends(periods))}",
        _ends(periods),
        sentences.change(over_time, score_scale=True),
    )


def _over_time(measure: str, by: str, where: data.Where) -> pd.DataFrame:
    """Return the rows of `measure` by period, oldest first; periods that are too early to say are left out."""
    table = data.ask(measure, (by,), where)
    rows = table[table["level"].map(words.is_period) & table["series"].isin(["", "stayed"])]
    rows = rows[rows["stat"].isin(["share", "count", "mean"]) & rows["status"].ne("immature")]
    return rows.sort_values("level", kind="stable")


def _first(table: pd.DataFrame, stat: str) -> pd.Series | None:
    rows = table[table["stat"].eq(stat) & table["status"].isin(SHOWN)]
    return None if rows.empty else rows.iloc[0]


def _ends(periods: list[str]) -> tuple[str, str]:
    if not periods:
        return "", ""
    return words.period(periods[0], short=True), words.period(periods[-1], short=True)


def _between(row: pd.Series, said: object) -> str:
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return ""
    return f"Could be {said(row['lower'], row['upper'])}"  # type: ignore[operator]


def _answered(row: pd.Series) -> str:
    return "" if pd.isna(row["n"]) else f"{words.people(row['n'])} answered"


def _absent(label: str, table: pd.DataFrame) -> Kpi:
    """Return a card without a number, with the reason."""
    statuses = set(table["status"])
    known: Mapping[str, tuple[str, str]] = {
        "immature": ("Too early", "These people started too recently"),
        "not_measured": ("Not measured", "No questionnaire has been loaded"),
        "hidden": ("Hidden", TOO_FEW),
    }
    not_published = ("Not published", "Not for these filters")
    value, why = next((said for status, said in known.items() if status in statuses), not_published)
    return Kpi(label, value, lines=(why,), words_only=True)


def _rate(table: pd.DataFrame, series: str, label: str, of: str, unit: str) -> str:
    """Return one rate as markup: value, of what, range, number it rests on."""
    rows = table[table["series"].eq(series) & table["stat"].isin(["share", "rate"])]
    if rows.empty or rows["status"].iloc[0] == "not_applicable":
        return ""
    row = rows.iloc[0]
    if row["status"] not in SHOWN:
        return (
            f'<p class="fact-label">{html.escape(label)}</p><p class="fact-value">Hidden</p>'
            f'<p class="fact-line">{html.escape(TOO_FEW)}</p>'
        )
    between = _between(row, words.percent_range)
    counted = "" if pd.isna(row["n"]) else f"{words.number(row['n'])} {unit}"
    small = ", ".join(part for part in (between, counted) if part)
    value = words.percent(row["estimate"], rough=row["status"] == "rough")
    return (
        f'<p class="fact-label">{html.escape(label)}</p><p class="fact-value">{value}</p>'
        f'<p class="fact-line">{html.escape(of)}</p><p class="fact-line">{html.escape(small)}</p>'
    )
