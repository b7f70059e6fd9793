"""Get the data: choose a measure and groups from the release, look at the rows, take them with their code book."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import answers, downloads, exports, words
from dashboard.answers import InputFault, Question, measures
from dashboard.ui import preview, published, states

FORMATS = {"CSV": "csv", "CSV for Excel": "excel", "Data package (ZIP)": "package"}
MIME = {"csv": "text/csv", "excel": "text/csv", "package": "application/zip"}
FIRST, FIRST_BY = "stayed_share", ("site",)
"""What the page opens with: it shows in one look what a table here is."""
EVERYBODY = "All people"
WHY_HIDDEN = (
    "Groups of fewer than {floor} people are not shown, nor are figures from which such a group could be worked out. "
    "A hidden row keeps its place and says so in its status; its numbers are empty, which is not zero and not missing."
)


def main() -> None:
    """Draw the three steps: choose, look, take."""
    try:
        facts = published.about()
    except published.NothingPublished:
        states.no_data("public")
        return
    st.html(
        '<p class="lead">Build a table of grouped figures from the release. No row describes one person, and groups of '
        f"fewer than {facts['floor']} people are hidden.</p>"
    )
    question, chosen = _choose()
    try:
        export = exports.prepare(published.ask, facts, question, FORMATS[chosen], answers.data_home())
    except InputFault as fault:
        states.caution("Not in the release.", html.escape(fault.faults[0].remedy))
        return
    if set(export.table["status"]) == {"not_applicable"}:
        states.caution(
            "These together were not published.",
            "The release holds only combinations that were decided beforehand. Group by fewer things, or choose all "
            "people.",
        )
        return
    _preview(export, chosen)
    _code_book(export)


def _choose() -> tuple[Question, str]:
    """Draw step 1 and return the question and the name of the file format."""
    offered = {entry.label: name for name, entry in measures().items() if "release" in entry.doors}
    dimensions = {dimension.name: dimension for dimension in published.dimensions()}
    labels = {dimension.label: name for name, dimension in dimensions.items()}
    with st.container(key="card_choose"):
        st.html('<p class="kicker">Step 1</p><h2 class="ct">Choose what to count and how to group it</h2>')
        left, middle, third, right = st.columns([1.5, 1.2, 1, 1])
        first = list(offered.values()).index(FIRST)
        entry = measures()[
            offered[left.selectbox("Measure", list(offered), index=first, key="measure", bind="query-params")]
        ]
        possible = [label for label, name in labels.items() if name in entry.groupings]
        groups: list[str] = []
        if possible:
            groups = middle.multiselect(
                "Group by",
                possible,
                default=[label for label in possible if entry.id == FIRST and labels[label] in FIRST_BY],
                key=f"by_{entry.id}",
                max_selections=entry.most_groupings,
                placeholder="Everyone together",
            )
        else:
            only = "Both early scores" if entry.fixed_groupings else "Everyone together"
            middle.html(f'<p class="field">Group by</p><p class="only">{only}: the one way this is counted</p>')
        cohorts = {words.period(code): code for code, _ in dimensions["cohort"].categories}
        period = third.selectbox("Enrolled in", [EVERYBODY, *cohorts], key="period")
        chosen = right.selectbox("File format", list(FORMATS), key="file_format")
    where = (("cohort", (cohorts[period],)),) if period != EVERYBODY else ()
    return Question(entry.id, tuple(labels[group] for group in groups), where), chosen


def _preview(export: exports.Export, chosen: str) -> None:
    """Draw step 2: how many rows and how many hidden, the rows, the download."""
    rows = export.rows
    hidden = int(rows["status"].eq("hidden").sum())
    counted = f"{words.number(len(rows))} {'row' if len(rows) == 1 else 'rows'}, {words.number(hidden)} hidden"
    first = f" The first {preview.MAXIMUM_ROWS} are shown." if len(rows) > preview.MAXIMUM_ROWS else ""
    with st.container(key="card_preview"):
        st.html(
            f'<p class="kicker">Step 2</p><h2 class="ct">Preview: {counted}</h2>'
            f'<p class="cs">Columns have the same names in every format; those that say the same in every row are left '
            f"out here. Shares run from 0 to 1. An empty number in the file is hidden, not missing.{first}</p>"
        )
        st.html(preview.preview_html(rows, f"Preview of the table: {counted}"))
        if export.refused:
            st.html(f'<p class="cf"><strong>Nothing to download:</strong> {html.escape(export.refused)}</p>')
        st.download_button(
            f"Download ({chosen})",
            data=export.content,
            file_name=export.name,
            mime=MIME[export.file_format],
            type="primary",
            icon=":material/download:",
            disabled=bool(export.refused),
            on_click="ignore",
        )
        with st.expander("Why are some rows hidden?", icon=":material/help:"):
            why = WHY_HIDDEN.format(floor=published.about()["floor"])
            st.html(f'<div class="how"><p>{why}</p><p>{html.escape(downloads.note(published.about()))}</p></div>')


def _code_book(export: exports.Export) -> None:
    """Draw step 3: what each column means, and how to cite the table."""
    lines = "".join(
        f'<tr><th scope="row"><code>{html.escape(line.column)}</code></th><td>{html.escape(line.meaning)}</td>'
        f"<td>{line.type}</td><td>{html.escape(line.allowed)}</td><td>{html.escape(line.empty_means)}</td></tr>"
        for line in downloads.code_book(export.rows).itertuples()
    )
    entry = measures()[export.question.measure]
    with st.container(key="card_codebook"):
        st.html(
            '<p class="kicker">Step 3</p><h2 class="ct">Code book and citation</h2>'
            '<p class="cs">Included in every data package.</p>'
            '<div class="twin book" role="region" aria-label="Code book of this table" tabindex="0"><table>'
            '<caption>Code book of this table</caption><thead><tr><th scope="col">Column</th>'
            '<th scope="col">Meaning</th><th scope="col">Type</th><th scope="col">Allowed values</th>'
            f'<th scope="col">Empty means</th></tr></thead><tbody>{lines}</tbody></table></div>'
        )
        st.code(downloads.citation(entry.id, export.about), language=None, wrap_lines=True)
        link = f'<a href="methods#measure-{entry.id}" target="_self">More in Methods</a>'
        st.html(f'<p class="cf"><strong>How it is counted:</strong> {html.escape(entry.definition)} {link}</p>')


main()
