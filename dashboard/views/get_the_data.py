"""Get the data: choose a measure and groups from the release, look at the rows, take them with their code book."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import answers, downloads, exports, words
from dashboard.answers import InputFault, Question, measures
from dashboard.language import noted, say, say_many
from dashboard.ui import language_choice, preview, published, states
from dashboard.ui.markup import with_code

FORMATS = {"CSV": "csv", noted("CSV for Excel"): "excel", noted("Data package (ZIP)"): "package"}
MIME = {"csv": "text/csv", "excel": "text/csv", "package": "application/zip"}
BOOK = (noted("Column"), noted("Meaning"), noted("Type"), noted("Allowed values"), noted("Empty means"))
"""Headings of the code book."""
FIRST, FIRST_BY = "stayed_share", ("site",)
"""What the page opens with: it shows in one look what a table here is."""
EVERYBODY = noted("All people")
WHY_HIDDEN = noted(
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
    lead = say(
        "Build a table of grouped figures from the release. No row describes one person, and groups of fewer than "
        "{floor} people are hidden.",
        floor=facts["floor"],
    )
    st.html(f'<p class="lead">{lead}</p>')
    question, chosen = _choose()
    try:
        export = exports.prepare(published.ask, facts, question, FORMATS[chosen], answers.data_home())
    except InputFault as fault:
        states.caution(say("Not in the release."), html.escape(say(fault.faults[0].remedy)))
        return
    if set(export.table["status"]) == {"not_applicable"}:
        states.caution(
            say("These together were not published."),
            say(
                "The release holds only combinations that were decided beforehand. Group by fewer things, or choose "
                "all people."
            ),
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
        st.html(_step(1, say("Choose what to count and how to group it")))
        left, middle, third, right = st.columns([1.5, 1.2, 1, 1])
        first = list(offered.values()).index(FIRST)
        entry = measures()[
            offered[
                left.selectbox(
                    say("Measure"), list(offered), index=first, format_func=say, key="measure", bind="query-params"
                )
            ]
        ]
        possible = [label for label, name in labels.items() if name in entry.groupings]
        groups: list[str] = []
        if possible:
            groups = middle.multiselect(
                say("Group by"),
                possible,
                format_func=say,
                default=[label for label in possible if entry.id == FIRST and labels[label] in FIRST_BY],
                key=f"by_{entry.id}",
                max_selections=entry.most_groupings,
                placeholder=say("Everyone together"),
            )
        else:
            how = say("{groups}: the one way this is counted", groups=_only(bool(entry.fixed_groupings)))
            middle.html(f'<p class="field">{say("Group by")}</p><p class="only">{how}</p>')
        cohorts = [code for code, _ in dimensions["cohort"].categories]
        period = third.selectbox(say("Enrolled in"), [EVERYBODY, *cohorts], format_func=_period, key="period")
        chosen = right.selectbox(say("File format"), list(FORMATS), format_func=say, key="file_format")
    where = (("cohort", (period,)),) if period != EVERYBODY else ()
    return Question(entry.id, tuple(labels[group] for group in groups), where), chosen


def _only(both_scores: bool) -> str:
    """Return the one way a measure is grouped."""
    return say("Both early scores") if both_scores else say("Everyone together")


def _period(code: str) -> str:
    """Return the words for a half-year, or for all of them."""
    return say(EVERYBODY) if code == EVERYBODY else words.period(code)


def _step(number: int, title: str) -> str:
    """Return the heading of a step."""
    return f'<p class="kicker">{say("Step {number}", number=number)}</p><h2 class="ct">{title}</h2>'


def _preview(export: exports.Export, chosen: str) -> None:
    """Draw step 2: how many rows and how many hidden, the rows, the download."""
    rows = export.rows
    hidden = int(rows["status"].eq("hidden").sum())
    counted = say_many(
        "{rows} row, {hidden} hidden",
        "{rows} rows, {hidden} hidden",
        len(rows),
        rows=words.number(len(rows)),
        hidden=words.number(hidden),
    )
    about = say(
        "Columns have the same names in every format; those that say the same in every row are left out here. Shares "
        "run from 0 to 1. An empty number in the file is hidden or not applicable, not missing."
    )
    if len(rows) > preview.MAXIMUM_ROWS:
        about += " " + say("The first {number} are shown.", number=preview.MAXIMUM_ROWS)
    with st.container(key="card_preview"):
        st.html(f'{_step(2, say("Preview: {counted}", counted=counted))}<p class="cs">{about}</p>')
        st.html(preview.preview_html(rows, say("Preview of the table: {counted}", counted=counted)))
        if export.refused:
            nothing = say("Nothing to download:")
            st.html(f'<p class="cf"><strong>{nothing}</strong> {html.escape(export.refused)}</p>')
        st.download_button(
            say("Download ({format})", format=say(chosen)),
            data=export.content,
            file_name=export.name,
            mime=MIME[export.file_format],
            type="primary",
            icon=":material/download:",
            disabled=bool(export.refused),
            on_click="ignore",
        )
        with st.expander(say("Why can rows be hidden?"), icon=":material/help:"):
            why = say(WHY_HIDDEN, floor=published.about()["floor"])
            st.html(f'<div class="how"><p>{why}</p><p>{html.escape(downloads.said_note(published.about()))}</p></div>')


def _code_book(export: exports.Export) -> None:
    """Draw step 3: what each column means, and how to cite the table."""
    lines = "".join(
        f'<tr role="row"><th scope="row" role="rowheader"><code>{html.escape(line.column)}</code></th>'
        + "".join(
            f'<td role="cell" data-heading="{say(head)}">{with_code(text)}</td>'
            for head, text in zip(BOOK[1:], (line.meaning, line.type, line.allowed, line.empty_means), strict=True)
        )
        + "</tr>"
        for line in downloads.code_book(export.rows, say).itertuples()
    )
    heads = "".join(f'<th scope="col" role="columnheader">{say(head)}</th>' for head in BOOK)
    entry = measures()[export.question.measure]
    title = say("Code book of this table")
    with st.container(key="card_codebook"):
        st.html(
            f'{_step(3, say("Code book and citation"))}<p class="cs">{say("Included in every data package.")}</p>'
            f'<div class="twin sentences book" role="region" aria-label="{title}" tabindex="0">'
            f'<table role="table"><caption>{title}</caption><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{lines}</tbody></table></div>'
        )
        st.code(downloads.citation(entry.id, export.about), language=None, wrap_lines=True)
        link = language_choice.methods_link(f"measure-{entry.id}")
        lead, how = say("How it is counted:"), html.escape(say(entry.definition))
        st.html(f'<p class="cf"><strong>{lead}</strong> {how} {link}</p>')


main()
