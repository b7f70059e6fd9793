"""Report: one page for a funder, made from the release alone, to look at, keep and print."""

from __future__ import annotations

import streamlit as st

from dashboard.report import build_report
from dashboard.ui import published, states

WORDS_MAXIMUM = 500
HEIGHT = 1180


def main() -> None:
    """Draw the box for the program's own words, the download, and the report as it will open."""
    try:
        reader = published.reader()
    except published.NothingPublished:
        states.no_data("public")
        return
    st.html(
        '<p class="lead">One page, the same indicators each time, with what is missing said on it. It is made from '
        "the release: groups under 11 people are not shown, and counts carry deliberate noise.</p>"
    )
    own = st.text_area(
        "In our words (optional)",
        max_chars=WORDS_MAXIMUM,
        key="own_words",
        help="Plain text, at most 500 characters; printed on the report as written by the program.",
    )
    document = build_report(reader, in_our_words=own)
    facts = reader.about()
    name = f"{'DEMONSTRATION_' if facts['demonstration'] else ''}report_{facts['records_to']}_{facts['version']}.html"
    st.download_button(
        "Download the report (HTML)",
        data=document.encode(),
        file_name=name,
        mime="text/html",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
    st.html('<p class="cf">To make a PDF: open the file, choose Print, then Save as PDF. It fits one sheet.</p>')
    with st.container(key="card_report"):
        st.iframe(document, height=HEIGHT, alt="The one-page report")


main()
