"""Put the one-page report together: the finding, four numbers, two figures, the indicators, how sure we are."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import sentences, theme, words
from dashboard.answers import Answers, Question
from dashboard.downloads import note
from dashboard.report import drawing

HORIZON = 180.0
HORIZON_SINCE_LANDMARK = 150.0
SHOWN = ("shown", "rough")
INDICATORS = (
    ("stayed_share", 30.0, "Stayed to 1 month"),
    ("stayed_share", 90.0, "Stayed to 3 months"),
    ("stayed_share", 180.0, "Stayed to 6 months"),
    ("stayed_share", 365.0, "Stayed to 12 months"),
    ("attendance_rate", None, "Planned sessions attended"),
    ("response_rate", None, "Answered early: alliance"),
)
WORDS_MAXIMUM = 500
STATIC = Path(__file__).resolve().parents[1] / "static"
FONTS = (("Inter", "inter-latin-wght-normal.woff2"), ("SourceSerif", "source-serif-4-latin-wght-normal.woff2"))


def build_report(answers: Answers, *, in_our_words: str = "") -> str:
    """Return the report as one HTML document.

    `in_our_words` is plain text written by the program, at most 500 characters; ValueError if longer.
    """
    if len(in_our_words) > WORDS_MAXIMUM:
        raise ValueError(f"'In our words' holds at most {WORDS_MAXIMUM} characters")
    about = answers.about()
    by_alliance = answers.ask(Question("staying_curve", by=("alliance_band",)))
    both = answers.ask(Question("stayed_by_alliance_and_self_efficacy", by=("alliance_band", "self_efficacy_band")))
    parts = [
        _header(about),
        _finding(answers, by_alliance),
        _numbers(answers),
        _curve(by_alliance),
        '<div class="columns"><section>',
        _heat_map(both, about),
        _sites(answers),
        "</section><section>",
        _indicators(answers),
        _how_sure(about),
        "</section></div>",
        _in_our_words(in_our_words),
        _footer(about),
    ]
    title = escape(str(about["title"]))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: outcomes report</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_style()}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def write_report(answers: Answers, path: Path) -> Path:
    """Write the report to `path` and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(build_report(answers), encoding="utf-8")
    return path


def _header(about: Mapping[str, Any]) -> str:
    made_up = "<strong>Demonstration data – not real people</strong><br>" if about["demonstration"] else ""
    reach = escape(words.period(str(about["records_to"])))
    return (
        f"<header><h1>{escape(str(about['title']))}</h1><p>{made_up}All sites · records to {reach} · "
        f"version {escape(str(about['version']))}</p></header>"
    )


def _finding(answers: Answers, by_alliance: pd.DataFrame) -> str:
    everyone = answers.ask(Question("stayed_share"))
    row = sentences.at(everyone, HORIZON)
    first = sentences.staying(everyone)
    could = f"; could be {words.percent_range(row['lower'], row['upper'])}" if row is not None else ""
    first = first.replace(")", f"{could})") if could else first
    second = sentences.staying_by(by_alliance, what="early alliance", horizon=HORIZON_SINCE_LANDMARK, bands=True)
    return (
        f'<p class="finding"><strong>{escape(first)}.</strong> {escape(second)}; this counts people who were still '
        "in the program on day 30.</p>"
    )


def _numbers(answers: Answers) -> str:
    enrolled = answers.ask(Question("people_enrolled"))
    people = enrolled[enrolled["series"].eq("") & enrolled["stat"].eq("count")]
    cards = [
        ("People enrolled", *_count(people)),
        ("Stayed to 6 months", *_share(answers.ask(Question("stayed_share")))),
    ]
    for measure, label in (("early_alliance", "Early alliance"), ("early_self_efficacy", "Early self-efficacy")):
        cards.append((label, *_score(answers.ask(Question(measure)))))
    items = "".join(
        f'<li><p class="label">{label}</p><p class="number">{value}</p><p class="small">{line}</p></li>'
        for label, value, line in cards
    )
    return f'<ul class="numbers">{items}</ul>'


def _count(rows: pd.DataFrame) -> tuple[str, str]:
    if rows.empty or rows["status"].iloc[0] not in SHOWN:
        return "Hidden", ""
    return words.number(rows["estimate"].iloc[0]), "people"


def _share(table: pd.DataFrame) -> tuple[str, str]:
    row = sentences.at(table, HORIZON)
    if row is None:
        return "Not shown", sentences.withheld(table, "this share")
    return words.percent(
        row["estimate"]
    ), f"could be {words.percent_range(row['lower'], row['upper'])}, {words.people(row['n'])}"


def _score(table: pd.DataFrame) -> tuple[str, str]:
    row = sentences.mean(table)
    if row is not None:
        between = (
            f"could be {words.score(row['lower'])} to {words.score(row['upper'])}, " if pd.notna(row["lower"]) else ""
        )
        return words.score(row["estimate"]), f"{between}{words.people(row['n'])}"
    top = table[table["series"].eq("band") & table["level"].eq("higher") & table["status"].isin(SHOWN)]
    if top.empty:
        return "Not shown", sentences.withheld(table, "this score")
    return words.percent(top["estimate"].iloc[0]), f"have a higher score, {words.people(top['n'].iloc[0])} answered"


def _curve(table: pd.DataFrame) -> str:
    title = sentences.staying_by(table, what="early alliance", horizon=HORIZON_SINCE_LANDMARK, bands=True)
    counted = table[table["stat"].eq("at_risk") & table["x"].eq(0) & table["status"].isin(SHOWN)]["estimate"].sum()
    people = f" {words.people(counted)}." if counted else ""
    subtitle = (
        "Share of people who had not left early, from day 30 after the first session, by alliance in those 30 days."
        f"{people} Dotted line: six months after the first session. Shaded: range of uncertainty (95%)."
    )
    drawings = [
        drawing.curve(
            table,
            title=title,
            width=width,
            marked_day=HORIZON_SINCE_LANDMARK,
            axis="Months since day 30",
            labels=words.BAND_NAMES,
        )
        for width in (660, 360)
    ]
    return _figure(title, subtitle, drawings)


def _heat_map(table: pd.DataFrame, about: Mapping[str, Any]) -> str:
    title = sentences.both_scores(table)
    floor = f"under {about['floor']}"
    drawings = [
        drawing.heat_map(table, title=title, width=width, across="Early alliance", down="self-efficacy", floor=floor)
        for width in (330, 340)
    ]
    return _figure(
        title, "Share who stayed to 6 months, of people still in on day 30. Stronger colour: more stayed.", drawings
    )


def _figure(title: str, subtitle: str, drawings: Sequence[str]) -> str:
    wide, narrow = drawings
    return (
        f"<h2>{escape(title)}</h2><p class='subtitle'>{escape(subtitle)}</p>"
        f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>'
    )


def _indicators(answers: Answers) -> str:
    tables = {measure: answers.ask(Question(measure)) for measure in {measure for measure, _, _ in INDICATORS}}
    lines = []
    for measure, day, label in INDICATORS:
        table = tables[measure]
        if day is None:
            series = "alliance" if measure == "response_rate" else ""
            rows = table[table["stat"].eq("share") & table["series"].eq(series) & table["status"].isin(SHOWN)]
            row = None if rows.empty else rows.iloc[0]
        else:
            row = sentences.at(table, day)
        lines.append(_line(label, row, table if day is None else table[table["x"] == day]))
    return (
        '<h2>The same indicators each time</h2><div class="scroll"><table><thead><tr><th scope="col">Indicator</th>'
        '<th scope="col">Share</th><th scope="col">Could be</th><th scope="col">Of</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _line(label: str, row: pd.Series | None, table: pd.DataFrame) -> str:
    if row is None:
        immature = "immature" in set(table["status"])
        reason = "Too early" if immature else "Hidden" if "hidden" in set(table["status"]) else "Not available"
        return f'<tr><th scope="row">{label}</th><td colspan="3">{reason}</td></tr>'
    between = "" if pd.isna(row["lower"]) else words.percent_range(row["lower"], row["upper"])
    return (
        f'<tr><th scope="row">{label}</th><td>{words.percent(row["estimate"])}</td><td class="range">{between}</td>'
        f"<td>{words.number(row['n'])}</td></tr>"
    )


def _sites(answers: Answers) -> str:
    table = answers.ask(Question("stayed_share", by=("site",)))
    rows = table[table["x"].eq(HORIZON) & table["stat"].eq("share")].sort_values("level")
    shown = rows[rows["status"].isin(SHOWN)]
    if shown.empty:
        return ""
    items = " · ".join(
        f"<strong>{escape(str(row.level))}</strong> {words.percent(row.estimate)} "
        f"({words.percent_range(row.lower, row.upper)})"
        for row in shown.itertuples()
    )
    hidden = len(rows) - len(shown)
    rest = f" · {hidden} {'site' if hidden == 1 else 'sites'} not shown: too few people" if hidden else ""
    return (
        f"<h2>Stayed to 6 months, by site</h2><p class='sites'>{items}{rest}.</p><p class='subtitle'>In alphabetical "
        "order: not a ranking. In brackets what it could be; ranges that overlap may differ by chance alone.</p>"
    )


def _in_our_words(text: str) -> str:
    if not text.strip():
        return ""
    return (
        f'<section class="own"><h2>In our words</h2><p>{escape(text.strip())}</p>'
        '<p class="small">Written by the program.</p></section>'
    )


def _how_sure(about: Mapping[str, Any]) -> str:
    return (
        "<aside><p><strong>How sure are we?</strong> These figures show what goes together, not what brings what "
        "about; they are not adjusted for differences between people. People who left before day 30 or gave no "
        f"score are not in the figures about scores. {escape(note(about))}</p></aside>"
    )


def _footer(about: Mapping[str, Any]) -> str:
    return (
        "<footer><p>“Stayed” means: had not left early. Leaving early is an unplanned exit, or 30 days without "
        "contact. People who completed the program or moved on count as having stayed. Curves and shares: "
        f"Aalen-Johansen; ranges: 95%. Records to {escape(words.period(str(about['records_to'])))}, "
        f"version {escape(str(about['version']))}. Filters: none. Made with recovery-outcomes; its Methods page "
        "explains every word.</p></footer>"
    )


@cache
def _style() -> str:
    faces = "".join(
        f"@font-face{{font-family:{family};font-weight:200 900;src:url(data:font/woff2;base64,"
        f"{base64.b64encode((STATIC / file).read_bytes()).decode()}) format('woff2')}}"
        for family, file in FONTS
    )
    colours = ";".join(f"--{name}:{theme.colour(name)}" for name in ("ink", "ink2", "muted", "rule", "primary", "sunk"))
    parts = zip(("caution", "caution-ink", "caution-edge"), range(3), strict=True)
    caution = ";".join(f"--{name}:{theme.colour(f'caution.{part}')}" for name, part in parts)
    return f":root{{{colours};{caution}}}{faces}{Path(__file__).with_name('style.css').read_text('utf-8')}"
