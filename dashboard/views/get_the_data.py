"""Get the data: choose a measure and groups from the release, look at the rows, take them with their code book."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from dashboard import downloads, words
from dashboard.answers import InputFault, Question, measures
from dashboard.data_package import data_package
from dashboard.ui import published, states

FORMATS = {"CSV": "csv", "CSV for Excel": "excel", "Data package (ZIP)": "package"}
MIME = {"csv": "text/csv", "excel": "text/csv", "package": "application/zip"}
PREVIEW_ROWS = 200
WHY_HIDDEN = (
    "Groups of fewer than 11 people are not shown, nor are figures from which such a group could be worked out. "
    "A hidden row keeps its place and says so in its status; its numbers are empty, which is not zero and not missing."
)


def main() -> None:
    """Draw the three steps: choose, look, take."""
    try:
        published.reader()
    except published.NothingPublished:
        states.no_data("public")
        return
    st.html('<p class="lead">A table of grouped figures from the release. No row describes one person.</p>')
    question, file_format = _choose()
    try:
        table = published.ask(question)
    except InputFault as fault:
        states.caution("Not in the release.", html.escape(fault.faults[0].remedy))
        return
    rows = downloads.export_rows(table, published.about())
    _preview(question, rows, file_format)
    _code_book(question, rows)


def _choose() -> tuple[Question, str]:
    """Draw step 1 and return the question and the format."""
    offered = {entry.label: name for name, entry in measures().items() if "release" in entry.doors}
    labels = {dimension.label: dimension.name for dimension in published.dimensions()}
    with st.container(key="card_choose"):
        st.html('<p class="kicker">Step 1</p><h2 class="ct">Choose what to count and how to group it</h2>')
        left, middle, right = st.columns(3)
        label = left.selectbox("Measure", list(offered), key="measure", bind="query-params")
        entry = measures()[offered[label]]
        possible = [name for name, dimension in labels.items() if dimension in entry.groupings]
        groups = middle.multiselect(
            "Group by", possible, key=f"by_{entry.id}", max_selections=2, placeholder="Everyone together"
        )
        chosen = right.selectbox("File format", list(FORMATS), key="file_format")
    return Question(entry.id, tuple(labels[group] for group in groups)), FORMATS[chosen]


def _preview(question: Question, rows: pd.DataFrame, file_format: str) -> None:
    """Draw step 2: how many rows and how many hidden, the rows, the download."""
    facts = published.about()
    hidden = int(rows["status"].eq("hidden").sum())
    nothing = downloads.all_hidden(rows)
    with st.container(key="card_preview"):
        st.html(
            f'<p class="kicker">Step 2</p><h2 class="ct">{words.number(len(rows))} rows, '
            f"{words.number(hidden)} hidden</h2>"
            '<p class="cs">Columns have the same names in every format. Shares run from 0 to 1. An empty number with '
            "the status hidden is hidden, not missing.</p>"
        )
        st.dataframe(rows.head(PREVIEW_ROWS), hide_index=True, height=320, key="preview")
        if nothing:
            st.html(
                '<p class="cf"><strong>Nothing to download:</strong> every group is smaller than 11 people. '
                "Group by fewer things.</p>"
            )
        ending = "zip" if file_format == "package" else "csv"
        st.download_button(
            "Download",
            data=lambda: _content(question, rows, file_format),
            file_name=downloads.file_name(question.measure, question.by, facts, ending),
            mime=MIME[file_format],
            type="primary",
            icon=":material/download:",
            disabled=nothing,
            on_click="ignore",
        )
        with st.expander("Why are some rows hidden?", icon=":material/help:"):
            st.html(f"<p>{WHY_HIDDEN}</p><p>{html.escape(downloads.RELEASE_NOTE)}</p>")


def _content(question: Question, rows: pd.DataFrame, file_format: str) -> bytes:
    if file_format == "package":
        return data_package(question.measure, rows, published.about(), {"filters": dict(question.where)})
    return downloads.csv_bytes(rows, for_excel=file_format == "excel")


def _code_book(question: Question, rows: pd.DataFrame) -> None:
    """Draw step 3: what each column means, and how to cite the table."""
    lines = "".join(
        f'<tr><th scope="row"><code>{html.escape(line.column)}</code></th><td>{html.escape(line.meaning)}</td>'
        f"<td>{line.type}</td><td>{html.escape(line.empty_means)}</td></tr>"
        for line in downloads.code_book(rows).itertuples()
    )
    with st.container(key="card_codebook"):
        st.html(
            '<p class="kicker">Step 3</p><h2 class="ct">Code book and citation</h2>'
            '<p class="cs">In every data package.</p>'
            '<div class="twin" role="region" aria-label="Code book" tabindex="0"><table>'
            '<caption>Code book of this table</caption><thead><tr><th scope="col">Column</th>'
            '<th scope="col">Meaning</th><th scope="col">Type</th>'
            f'<th scope="col">Empty means</th></tr></thead><tbody>{lines}</tbody></table></div>'
        )
        st.code(downloads.citation(question.measure, published.about()), language=None, wrap_lines=True)
        entry = measures()[question.measure]
        st.html(f'<p class="cf"><strong>How it is counted:</strong> {html.escape(entry.definition)}</p>')


main()
