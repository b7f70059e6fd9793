"""Your data: load own records in four steps; whether each table can be trusted, what was kept out; own dates."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import answers, quality_tables
from dashboard.ui import data, import_add, import_check, import_match, import_state, own_dates
from dashboard.ui.card import table_html

PARTS = ("Can it be trusted?", "Load your own records", "Dates of your own")


def main() -> None:
    """Draw the quality of the records, if there are any, and beside it the steps of an import."""
    if not data.has_begun():
        _load_records()
        return
    quality = data.quality()
    trust, load, dates = st.tabs(PARTS, key="part", bind="query-params", on_change="rerun")
    with trust:
        _quality(quality)
    with load:
        _load_records()
    with dates:
        own_dates.draw()


def _load_records() -> None:
    """Draw the four steps; each appears when the one before it has something to go on."""
    state = import_state.current()
    import_check.done(state)
    state, uploads = import_add.draw()
    if state.look is None:
        return
    mapping = import_match.draw(state, uploads)
    import_check.check(state, uploads, mapping)
    import_check.use(state, uploads, mapping)


def _quality(quality: object) -> None:
    """Draw the summary, the tables with their levels, and the checks of each table."""
    st.html(f'<p class="in-short"><strong>In short.</strong> {html.escape(quality_tables.summary(quality))}.</p>')
    _loads(quality)
    header = "What the checks found"
    st.html(f'<h2 class="section">{header}</h2>')
    for table in quality_tables.levels(quality):
        _checks(quality, table)


def _loads(quality: object) -> None:
    """Draw the card of the tables: rows read, stored, kept out; the rule for each level; the list of rows kept out."""
    with st.container(key="card_loads"):
        st.html(
            '<h2 class="ct">What was loaded, and what was kept out</h2>'
            '<p class="cs">Rows read = rows stored + rows kept out, for every table. A row that is repaired at the '
            "source and loaded again leaves the list.</p>"
        )
        st.html(table_html(quality_tables.loads_twin(quality), "Tables of the last load"))
        rules = "".join(
            f"<p><strong>{html.escape(name)}.</strong> {html.escape(rule)}</p>"
            for name, rule in answers.quality_levels().values()
        )
        with st.expander("What Good, Check and Do not use mean", icon=":material/help:"):
            st.html(f'<div class="how">{rules}</div>')
        st.download_button(
            "Download the rows kept out (CSV)",
            data=lambda: quality_tables.kept_out_csv(quality),
            file_name="internal_rows_kept_out.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            disabled=not quality.kept_out,  # type: ignore[attr-defined]
        )


def _checks(quality: object, table: str) -> None:
    """Draw one table's checks: what was found in the open, all others in a disclosure."""
    checks = quality_tables.checks_of(quality, table)
    found = quality_tables.findings(checks)
    level = answers.quality_levels()[answers.quality_level(checks)][0]
    name = quality_tables.table_name(table)
    with st.container(key=f"card_{table}"):
        st.html(
            f'<h3 class="ct">{html.escape(name)}: {html.escape(level)}</h3>'
            f'<p class="cs">{len(found)} of {len(checks)} checks found rows.</p>'
        )
        if found:
            st.html(table_html(quality_tables.checks_twin(found), f"{name}: checks that found rows", sentences=True))
        rest = [one for one in checks if one not in found]
        with st.expander(f"The other {len(rest)} checks", icon=":material/table:"):
            st.html(table_html(quality_tables.checks_twin(rest), f"{name}: the other checks", sentences=True))


main()
