"""Put the one-page report together: the finding, four numbers, three figures, the indicators, how sure we are."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import language, sentences, stayed, theme, words
from dashboard.answers import Answers, Fault, InputFault, Question, Settings, one_line, record_of
from dashboard.downloads import note
from dashboard.language import noted, say
from dashboard.report import figures, indicators
from dashboard.report.room import LONG_TITLE, longer_than, room

WORDS_MAXIMUM = 500
STATIC = Path(__file__).resolve().parents[1] / "static"
FONTS = (("Inter", "inter-latin-wght-normal.woff2"), ("SourceSerif", "source-serif-4-latin-wght-normal.woff2"))
COLOURS = ("ink", "ink2", "muted", "rule", "primary", "sunk")
CAUTION = ("caution", "caution-ink", "caution-edge")
HOW_SURE = noted(
    "<strong>How sure are we?</strong> These figures show what goes together, not what brings what about; nothing is "
    "adjusted for. People who left before day 30 or gave no score are not in the figures about scores."
)
ABOUT_STAYED = noted(
    "“Stayed” means: had not left early. Leaving early is an unplanned exit, or {days} days without contact. People "
    "who completed the program or moved on have stayed. Curves and shares: Aalen-Johansen; ranges: 95%. Filters: none. "
    "Made with recovery-outcomes; its Methods page explains every word."
)

ACROSS, COLUMN, FOOT = 118, 54, 128
"""Characters of small text a line: across the sheet, in one of its columns, at its foot."""
FIXED = (
    (figures.OF_STAYING, ACROSS),
    (figures.OF_BOTH_SCORES, COLUMN),
    (figures.OF_SITES, COLUMN),
    (HOW_SURE, COLUMN),
    (ABOUT_STAYED, FOOT),
)
"""Texts of every report that may take more lines in another language."""


def questions() -> tuple[Question, ...]:
    """Return every question the report asks, so that its numbers can be taken along as tables."""
    measures = ("people_enrolled", *stayed.MEASURES, "early_alliance", "early_self_efficacy", "attendance_rate")
    plain = tuple(Question(measure) for measure in (*measures, "response_rate", "stayed_by_alliance_and_self_efficacy"))
    split = (("staying_curve", "alliance_band"), ("stayed_share", "site"), ("staying_curve", "site"))
    return plain + tuple(Question(measure, (dimension,)) for measure, dimension in split)


def build_report(answers: Answers, *, in_our_words: str = "") -> str:
    """Return the report, in the language spoken now, as one HTML document that needs nothing beside it.

    `in_our_words` is plain text written by the program, at most 500 characters; ValueError if longer.
    """
    if len(in_our_words) > WORDS_MAXIMUM:
        raise ValueError(f"'In our words' holds at most {WORDS_MAXIMUM} characters")
    about = answers.about()
    own = " ".join(in_our_words.split())
    by_alliance = answers.ask(Question("staying_curve", ("alliance_band",)))
    both = answers.ask(Question("stayed_by_alliance_and_self_efficacy"))
    finding = _finding(answers, by_alliance)
    sites = figures.ask_sites(answers)
    sheet = room(
        title=str(about["title"]),
        finding=" ".join(finding),
        curve_title=figures.staying_title(by_alliance),
        map_title=figures.both_title(both),
        site_lines=(sites.title, sites.subtitle) if sites else (),
        sites=sites.drawn if sites else 0,
        own=own,
        longer=longer_than((say(text), text, wide) for text, wide in FIXED),
    )
    under_map, under_sites = _how_sure(about), indicators.table(answers)
    if sheet.indicators_left:
        under_map, under_sites = under_sites, under_map
    parts = [
        _header(about),
        f'<p class="finding"><strong>{escape(finding[0])}</strong> {escape(finding[1])}</p>',
        indicators.four_numbers(answers),
        figures.staying(by_alliance, plot=sheet.plot),
        '<div class="columns"><div>',
        figures.both_scores(both, tight=sheet.tight),
        under_map,
        "</div><div>",
        figures.sites(sites, tight=sheet.tight),
        under_sites,
        "</div></div>",
        _in_our_words(own),
        _footer(by_alliance),
    ]
    title = escape(say("{title}: outcomes report", title=about["title"]))
    counted = escape(one_line(record_of(by_alliance)))
    return (
        f'<!doctype html><html lang="{language.current()}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="counted-with" content="{counted}"><style>{_style()}{_closer()}</style></head>'
        f"<body><main{' class=tight' if sheet.tight else ''}>{''.join(parts)}</main></body></html>"
    )


def write_report(answers: Answers, path: Path) -> Path:
    """Write the report to `path` in one step and return it; InputFault if it cannot be written there."""
    document = build_report(answers)
    pending = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pending.write_text(document, encoding="utf-8")
        os.replace(pending, path)
    except OSError:
        raise InputFault(
            Fault(str(path.parent), "cannot be written", "Choose with --to a file your account may write.")
        ) from None
    return path


def _header(about: Mapping[str, Any]) -> str:
    lines = [f"<strong>{say('Demonstration data – not real people')}</strong>"] if about["demonstration"] else []
    first = words.start_of(str(about.get("first_cohort") or ""))
    lines.append(escape(say("All sites, enrolled since {period}", period=first) if first else say("All sites")))
    records_to = words.period(str(about["records_to"]))
    lines.append(escape(say("Records to {period} · {version}", period=records_to, version=about["version"])))
    long = ' class="long"' if len(str(about["title"])) > LONG_TITLE else ""
    return f"<header><h1{long}>{escape(str(about['title']))}</h1><p>{'<br>'.join(lines)}</p></header>"


def _finding(answers: Answers, by_alliance: pd.DataFrame) -> tuple[str, str]:
    """Return the two things a hurried reader takes away."""
    everyone = stayed.everyone_to(stayed.HORIZON, answers)
    row = sentences.at(everyone, stayed.HORIZON)
    first = sentences.staying(everyone)
    if row is not None and pd.notna(row["lower"]):
        first = say(
            "{about} stayed to 6 months ({share}; could be {range})",
            about=words.about(row["estimate"]),
            share=words.percent(row["estimate"], rough=row["status"] == "rough"),
            range=words.percent_range(row["lower"], row["upper"]),
        )
    second = figures.staying_by_alliance(by_alliance)
    if "%" not in second:
        return f"{first}.", f"{second}."
    return f"{first}.", f"{second}. {say('This counts people who were still in the program on day 30.')}"


def _in_our_words(own: str) -> str:
    if not own:
        return ""
    return (
        f'<section class="own"><h2>{say("In our words")} <span class="unit">{say("written by the program")}</span></h2>'
        f"<p>{escape(own)}</p></section>"
    )


def _how_sure(about: Mapping[str, Any]) -> str:
    return f"<aside><p>{say(HOW_SURE)} {escape(say(note(about)))}</p></aside>"


def _footer(table: pd.DataFrame) -> str:
    gap = record_of(table).get("gap_days", Settings().gap_days)
    return f"<footer><p>{say(ABOUT_STAYED, days=gap)}</p></footer>"


def _closer() -> str:
    """Return what sets small texts closer in a language other than English, in which the sheet is measured."""
    if language.current() == language.ENGLISH:
        return ""
    return Path(__file__).with_name("longer_texts.css").read_text("utf-8")


@cache
def _style() -> str:
    faces = "".join(
        f"@font-face{{font-family:{family};font-weight:200 900;src:url(data:font/woff2;base64,"
        f"{base64.b64encode((STATIC / file).read_bytes()).decode()}) format('woff2')}}"
        for family, file in FONTS
    )
    named = {name: theme.colour(name) for name in COLOURS}
    named |= {name: theme.colour(f"caution.{place}") for place, name in enumerate(CAUTION)}
    variables = ";".join(f"--{name}:{value}" for name, value in named.items())
    return f":root{{{variables}}}{faces}{Path(__file__).with_name('style.css').read_text('utf-8')}"
