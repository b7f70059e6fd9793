"""Report: one page for a funder, made from the release alone, to look at, keep and print."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import answers, downloads, words
from dashboard.data_package import tables_zip
from dashboard.language import noted, say
from dashboard.report import build_report, questions
from dashboard.ui import published, states

WORDS_MAXIMUM = 500
ONE_PAGE = noted(
    "One page, the same indicators each time, with what is missing said on it. It is made from the release: groups of "
    "fewer than {floor} people are not shown, and counts carry deliberate noise."
)
ON_THE_PAGE = "<style>body { background: none; }</style></head>"
"""What is added to the file where it stands on the page: the ground around the sheet is that of the theme."""
OWN_WORDS = noted("Optional: say what the numbers cannot. Plain text, printed on the report as written by the program.")
TO_PRINT = noted(
    "<strong>To make a PDF:</strong> open the file, choose Print, then Save as PDF. It fits one sheet of A4 or Letter. "
    "<strong>Made from:</strong> {version}, records to {period}. {note}"
)


def main() -> None:
    """Draw the box for the program's own words, the downloads, and the report as it will open.

    Only the program may say what the report marks as written by it, so the public door has no such box.
    """
    try:
        reader = published.reader()
    except published.NothingPublished:
        states.no_data("public")
        return
    facts = published.about()
    st.html(f'<p class="lead">{say(ONE_PAGE, floor=facts["floor"])}</p>')
    with st.container(key="card_own_words"):
        own = _own_words() if answers.audience() == "manager" else ""
        document = build_report(reader, in_our_words=own)
        _files(document)
    with st.container(key="card_report"):
        st.iframe(document.replace("</head>", ON_THE_PAGE, 1), height="content", alt=say("The one-page report"))


def _own_words() -> str:
    st.html(f'<h2 class="ct">{say("In our words")}</h2><p class="cs">{say(OWN_WORDS)}</p>')
    return st.text_area(
        say("In our words (optional)"),
        max_chars=WORDS_MAXIMUM,
        height=96,
        key="own_words",
        label_visibility="collapsed",
    )


def _files(document: str) -> None:
    """Offer the report, and the tables behind it."""
    facts = published.about()
    made_up = "DEMONSTRATION_" if facts["demonstration"] else ""
    name = f"{made_up}report_{facts['records_to']}_{facts['version']}"

    def tables() -> bytes:
        return tables_zip(((question, published.ask(question)) for question in questions()), facts)

    with st.container(key="report_files", horizontal=True):
        st.download_button(
            say("Download the report (HTML)"),
            data=document.encode(),
            file_name=f"{name}.html",
            mime="text/html",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            say("Download the figures' data (ZIP)"),
            data=tables,
            file_name=f"{name}_data.zip",
            mime="application/zip",
            icon=":material/table:",
            on_click="ignore",
        )
    said = say(
        TO_PRINT,
        version=html.escape(str(facts["version"])),
        period=html.escape(words.period(str(facts["records_to"]))),
        note=html.escape(downloads.said_note(facts)),
    )
    st.html(f'<p class="cf">{said}</p>')


main()
