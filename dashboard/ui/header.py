"""The head of every page: its question, what data it stands on, who is counted."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import words
from dashboard.language import say
from dashboard.ui import data, published


def question(text: str) -> None:
    """Draw the page's question; the first thing on every page."""
    st.html(f'<h1 class="page-question">{html.escape(text)}</h1>', width="stretch")


def freshness(*, from_release: bool = False) -> None:
    """Draw the line of facts about the data: demonstration or not, how far it reaches, version.

    `from_release` names the release at either door, on the pages that are made from it alone.
    """
    try:
        facts = published.about() if from_release else data.about()
    except published.NothingPublished:
        facts = data.about()
    items = []
    if facts["demonstration"]:
        items.append(say("<strong>Demonstration data</strong> – not real people"))
    elif facts.get("title"):
        items.append(f"<strong>{html.escape(str(facts['title']))}</strong>")
    items += [
        say("Records to <strong>{period}</strong>", period=html.escape(words.period(str(facts["records_to"])))),
        say("Version <strong>{version}</strong>", version=html.escape(str(facts["version"]))),
    ]
    listed = "".join(f"<li>{item}</li>" for item in items)
    st.html(f'<ul class="freshness" aria-label="{html.escape(say("About the data"))}">{listed}</ul>')


def section(text: str) -> None:
    """Draw the heading of a section; figures below it use the next level."""
    st.html(f'<h2 class="section">{html.escape(text)}</h2>')
