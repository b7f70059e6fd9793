"""Your data: load own records in four steps; whether each table can be trusted, what was kept out; own dates."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import answers, language, quality_tables
from dashboard.language import noted, say
from dashboard.ui import data, header, import_add, import_check, import_match, import_state, own_dates
from dashboard.ui.card import table_html

PARTS = (noted("Can it be trusted?"), noted("Load your own records"), noted("Dates of your own"))
PART = "part"

ROWS = noted(
    "Rows read = rows stored + rows kept out, for every table. A row that is repaired at the source and loaded again "
    "leaves the list."
)


def main() -> None:
    """Draw the quality of the records, if there are any, and beside it the steps of an import."""
    if not data.has_begun():
        _load_records()
        return
    quality = data.quality()
    trust, load, dates = st.tabs(_parts(), key=PART, bind="query-params", on_change="rerun")
    with trust:
        _quality(quality)
    with load:
        _load_records()
    with dates:
        own_dates.draw()


def _parts() -> list[str]:
    """Return the parts as they are said now; the one that was chosen in another language stays chosen.

    Unlike other widgets, tabs have no value beside their label.
    """
    said = [say(part) for part in PARTS]
    chosen = st.session_state.get(PART)
    for code in language.LANGUAGES:
        with language.spoken(code):
            before = [say(part) for part in PARTS]
        if chosen in before and chosen not in said:
            st.session_state[PART] = said[before.index(chosen)]
    return said


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
    st.html(
        f'<p class="in-short"><strong>{say("In short.")}</strong> {html.escape(quality_tables.summary(quality))}.</p>'
    )
    _loads(quality)
    header.section(say("What the checks found"))
    clean = quality_tables.clean(quality)
    for table in quality_tables.levels(quality):
        if table not in clean:
            _checks(quality, table)
    if clean:
        _clean(quality, clean)


def _loads(quality: object) -> None:
    """Draw the card of the tables: rows read, stored, kept out; the rule for each level; the list of rows kept out."""
    with st.container(key="card_loads"):
        st.html(f'<h2 class="ct">{say("What was loaded, and what was kept out")}</h2><p class="cs">{say(ROWS)}</p>')
        st.html(table_html(quality_tables.loads_twin(quality), say("Tables of the last load"), sentences=True))
        rules = "".join(
            f"<p><strong>{html.escape(say(name))}.</strong> {html.escape(say(rule))}</p>"
            for name, rule in answers.quality_levels().values()
        )
        with st.expander(say("What “Good”, “Check” and “Do not use” mean"), icon=":material/help:"):
            st.html(f'<div class="how">{rules}</div>')
        st.download_button(
            say("Download the rows kept out (CSV)"),
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
    level = say(answers.quality_levels()[answers.quality_level(checks)][0])
    name = quality_tables.table_name(table)
    with st.container(key=f"card_checks_{table}"):
        st.html(
            f'<h3 class="ct">{html.escape(say("{table}: {level}", table=name, level=level))}</h3>'
            f'<p class="cs">{say("{found} of {all} checks found rows.", found=len(found), all=len(checks))}</p>'
        )
        if found:
            caption = say("{table}: checks that found rows", table=name)
            st.html(table_html(quality_tables.checks_twin(found), caption, sentences=True))
        rest = [one for one in checks if one not in found]
        with st.expander(say("Checks that found nothing ({number})", number=len(rest)), icon=":material/table:"):
            caption = say("{table}: the other checks", table=name)
            st.html(table_html(quality_tables.checks_twin(rest), caption, sentences=True))


def _clean(quality: object, tables: list[str]) -> None:
    """Draw in one line the tables in which nothing was found, their checks in a disclosure."""
    checks = {table: quality_tables.checks_of(quality, table) for table in tables}
    with st.container(key="card_clean"):
        named = say("Nothing was found in: {tables}.", tables=quality_tables.named_tables(tables))
        st.html(f'<p class="look">{html.escape(named)}</p>')
        number = sum(map(len, checks.values()))
        with st.expander(say("Checks that found nothing ({number})", number=number), icon=":material/table:"):
            for table, ones in checks.items():
                name = quality_tables.table_name(table)
                st.html(table_html(quality_tables.checks_twin(ones), name, sentences=True))


main()
