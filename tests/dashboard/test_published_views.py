"""Report, Get the data and Methods through Streamlit's own harness: the release alone, and hidden is hidden."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import answers, downloads, exports, reading
from dashboard.answers import definitions, measures
from dashboard.glossary import glossary, protection
from dashboard.report import questions
from dashboard.ui.preview import ALWAYS, MAXIMUM_ROWS, columns, preview_html
from pipelines.disclosure.reader import ReleaseReader
from pipelines.estimate_table import estimate_table
from pipelines.faults import Fault, InputFault
from pipelines.instruments import load_registry
from pipelines.schema import TABLES
from tests.dashboard.examples import FakeAnswers, Question
from tests.dashboard.published_examples import Published, with_status

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
SECONDS = 60
CAUSAL = re.compile(
    r"\b(leads? to|improves?|drives?|predicts?|impacts?|addicts?|abusers?|clients?|patients?|drop-?outs?|anonymi[sz]ed|"
    r"HIPAA-compliant|zero risk|differentially private)\b",
    re.IGNORECASE,
)


class Door:
    """Both readers behind the pages, and which of them were opened."""

    def __init__(self) -> None:
        self.live = FakeAnswers()
        self.published: Published | None = Published()
        self.opened: list[str] = []

    def open(self, audience: str, _home: Path) -> FakeAnswers:
        self.opened.append(audience)
        found = self.live if audience == "manager" else self.published
        assert found is not None
        return found

    def version(self, audience: str, _home: Path) -> str | None:
        if audience == "manager":
            return self.live.version
        return self.published.version if self.published else None


@pytest.fixture(params=["public", "manager"])
def door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """One of the two doors; caches are emptied around the test."""
    behind = Door()
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", request.param)
    monkeypatch.setattr(answers, "open_answers", behind.open)
    monkeypatch.setattr(answers, "current_version", behind.version)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield behind
    st.cache_data.clear()
    st.cache_resource.clear()


def run(page: str, **state: Any) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    app.switch_page(f"views/{page}.py")
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def html_of(app: AppTest) -> str:
    return "\n".join(str(block.proto.body) for block in app.get("html") if "<style>" not in block.proto.body)


def test_every_published_figure_of_scores_and_staying_says_whom_it_counts(door: Door) -> None:
    app = run("trust_and_confidence")
    assert not app.exception
    said = html_of(app)
    public = answers.audience() == "public"
    assert said.count("each for as long as the records reach") == (2 if public else 0), "both curves"
    assert said.count("people of periods in which everybody is followed") == (3 if public else 0), "map and both lines"


def text_of(app: AppTest) -> str:
    return " ".join(html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html_of(app), flags=re.S)).split())


def buttons(app: AppTest) -> dict[str, Any]:
    return {found.proto.label: found.proto for found in app.get("download_button")}


def preview_of(app: AppTest) -> list[list[str]]:
    """Return the cells of the preview, row by row, headings first."""
    table = re.search(r'<div class="twin preview".*?</table>', html_of(app), flags=re.S)
    assert table
    rows = re.findall(r"<tr>(.*?)</tr>", table[0], flags=re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, flags=re.S)] for row in rows
    ]


@pytest.mark.parametrize("page", ["report", "get_the_data", "methods"])
def test_a_page_has_one_question_no_fault_and_plain_words(door: Door, page: str) -> None:
    app = run(page)
    assert not app.exception
    assert html_of(app).count("<h1") == 1
    assert "Something went wrong" not in text_of(app)
    assert not CAUSAL.search(text_of(app)), CAUSAL.search(text_of(app))


@pytest.mark.parametrize("page", ["report", "get_the_data"])
def test_these_pages_ask_the_release_at_either_door(door: Door, page: str) -> None:
    run(page)
    assert "public" in door.opened
    assert door.live.asked == []
    assert door.published is not None
    assert door.published.asked


@pytest.mark.parametrize("page", ["report", "get_the_data"])
def test_before_the_first_release_the_page_says_so(door: Door, page: str) -> None:
    door.published = None
    app = run(page)
    assert "Nothing has been published yet" in text_of(app)
    assert buttons(app) == {}


# Get the data


def test_the_preview_holds_the_rows_of_the_file(door: Door) -> None:
    app = run("get_the_data")
    assert door.published is not None
    table = door.published.ask(Question("stayed_share", ("site",)))
    rows = downloads.export_rows(table, door.published.about())
    heading, *body = preview_of(app)
    assert len(body) == len(rows)
    assert f"Preview: {len(rows)} rows, {int(rows['status'].eq('hidden').sum())} hidden" in text_of(app)
    place = heading.index("estimate")
    for shown, row in zip(body, rows.itertuples(), strict=True):
        offset = len(shown) - len(heading)
        assert shown[place + offset] == ("Hidden" if pd.isna(row.estimate) else f"{row.estimate:.3f}")
        assert shown[0] in (row.site, row.level.replace("|", " – "))


def test_a_hidden_row_of_the_preview_has_a_word_and_no_number(door: Door) -> None:
    assert door.published is not None
    door.published.statuses = {"stayed_share": "hidden"}
    heading, *body = preview_of(run("get_the_data"))
    numbers = [heading.index(name) for name in ALWAYS if name in heading and name != "status"]
    for row in body:
        assert {row[place] for place in numbers} <= {"Hidden", ""}
        assert row[heading.index("estimate")] == "Hidden"


@pytest.mark.parametrize("status", ["hidden", "immature"])
def test_where_every_row_is_withheld_there_is_nothing_to_download(door: Door, status: str) -> None:
    assert door.published is not None
    door.published.statuses = {"stayed_share": status}
    app = run("get_the_data")
    assert buttons(app)["Download (CSV)"].disabled
    assert "Nothing to download: Every group is too small" in text_of(app)


def test_what_was_never_published_is_not_said_to_be_too_small(sample_home: Path) -> None:
    released = ReleaseReader(sample_home)
    question = answers.Question("staying_curve", (), (("site", ("Ashgrove",)), ("primary_substance", ("alcohol",))))
    export = exports.prepare(released.ask, released.about(), question, "csv", sample_home)
    assert export.refused.startswith("The published figures hold only some combinations")


def test_choices_make_the_question_and_the_name_of_the_file(door: Door) -> None:
    assert door.published is not None
    choices = {"measure": "People enrolled", "by_people_enrolled": ["Age"], "file_format": "Data package (ZIP)"}
    app = run("get_the_data", **choices, period="2024-H2")
    asked = door.published.asked[-1]
    assert (asked.measure, asked.by, asked.where) == ("people_enrolled", ("age_band",), (("cohort", ("2024-H2",)),))
    assert not buttons(app)["Download (Data package (ZIP))"].disabled


def test_the_code_book_on_the_page_covers_every_column_and_the_citation_is_there(door: Door) -> None:
    app = run("get_the_data")
    assert door.published is not None
    rows = downloads.export_rows(door.published.ask(Question("stayed_share", ("site",))), door.published.about())
    for name in rows.columns:
        assert f'<th scope="row" role="rowheader"><code>{name}</code></th>' in html_of(app)
    assert "What the estimate is: share" in html_of(app)
    assert not re.findall(r"<td[^>]*>[^<]*`", html_of(app)), "marks of Markdown"
    assert app.get("code")[0].value == downloads.citation("stayed_share", door.published.about())
    assert 'href="methods#measure-stayed_share"' in html_of(app)


def test_what_is_not_published_is_said_and_offers_no_file(door: Door) -> None:
    assert door.published is not None
    none = with_status(door.published.ask(Question("stayed_share")).head(1), "not_applicable")
    door.published.edit["stayed_share"] = none
    app = run("get_the_data", by_stayed_share=["Age"])
    assert "These together were not published" in text_of(app)
    assert buttons(app) == {}


def test_a_question_the_release_refuses_is_answered_with_what_it_can(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_question: object) -> pd.DataFrame:
        raise InputFault(Fault("grouping", "is not offered", "Use one of: site."))

    monkeypatch.setattr(door.published, "ask", refuse)
    app = run("get_the_data")
    assert "Not in the release. Use one of: site." in text_of(app)
    assert buttons(app) == {}


def test_texts_of_the_data_cannot_become_markup(door: Door) -> None:
    assert door.published is not None
    door.published.sites = ("<img src=x onerror=alert(1)>", "Birchwood")
    assert "<img src=x" not in html_of(run("get_the_data"))


def rows_of(*given: dict[str, object]) -> pd.DataFrame:
    table = estimate_table(
        [{"measure": "m", "cohort": "all", "status": "shown", "source": "s", **row} for row in given]
    )
    return downloads.export_rows(table, {"audience": "public"})


def test_the_preview_leaves_out_what_never_differs_and_shows_at_most_200_rows() -> None:
    rows = rows_of(*({"stat": "share", "x": float(i), "estimate": 0.5, "n": 100} for i in range(250)))
    assert columns(rows) == ["x", "estimate", "lower", "upper", "n", "events", "status"]
    assert preview_html(rows, "c").count("<tr>") == MAXIMUM_ROWS + 1


def test_only_shares_have_bars_and_a_bar_is_as_long_as_its_share() -> None:
    rows = rows_of(
        {"stat": "share", "estimate": 0.25, "n": 100},
        {"stat": "mean", "estimate": 4.125, "n": 100},
        {"stat": "difference", "estimate": 0.1, "n": 100},
    )
    drawn = preview_html(rows, "c")
    assert re.findall(r"width:(\d+)%", drawn) == ["25"]
    assert "4.125" in drawn


def test_a_number_below_zero_has_a_minus_and_no_hyphen() -> None:
    drawn = preview_html(rows_of({"stat": "difference", "estimate": -0.072, "lower": -0.5, "n": 1}), "c")
    assert ">−0.072<" in drawn
    assert ">−0.500<" in drawn


# Report


def test_the_programs_own_words_reach_the_report_as_text_and_nobody_elses_do(door: Door) -> None:
    app = run("report", own_words="<b>We</b> listened.")
    document = app.get("iframe")[0].proto.srcdoc
    managers = answers.audience() == "manager"
    assert len(app.text_area) == managers
    assert ("&lt;b&gt;We&lt;/b&gt; listened." in document) == managers
    assert "<b>We" not in document
    assert set(buttons(app)) == {"Download the report (HTML)", "Download the figures' data (ZIP)"}


def test_the_report_asks_what_it_says_it_asks(door: Door) -> None:
    run("report")
    assert door.published is not None
    asked = {(question.measure, question.by) for question in door.published.asked}
    assert asked == {(question.measure, question.by) for question in questions()}


# Methods


def test_every_link_to_methods_arrives(door: Door) -> None:
    page = html_of(run("methods"))
    anchors = re.findall(r'\bid="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    wanted = set(re.findall(r'href="#([^"]+)"', page))
    wanted |= {anchor for kind in reading.READINGS.values() for anchor in kind.anchors}
    wanted |= {f"measure-{name}" for name in measures()}
    assert {f"#definition-{name}" for name in definitions()} <= set(re.findall(r'href="([^"]+)"', page))
    assert len(wanted) > 30
    assert wanted <= set(anchors)


def test_every_word_measure_questionnaire_table_and_limit_is_there(door: Door) -> None:
    text = text_of(run("methods"))
    for entry in glossary().values():
        assert all(part in text for part in (entry.term, entry.plain, entry.why, entry.counted, entry.limits))
    for measure in measures().values():
        assert all(part in text for part in (measure.label, measure.definition, measure.denominator, *measure.cautions))
    for one in definitions().values():
        assert all(part in text for part in (one.term, one.words, one.formula, one.source, one.id))
    for instrument in load_registry().values():
        assert all(part in text for part in (instrument.name, instrument.source, instrument.missing_rule_text))
    assert all(f"Columns of {table.name}" in text for table in TABLES)
    assert all(limit in text for limit in protection())


def test_a_questionnaire_whose_scoring_is_not_confirmed_is_flagged_and_no_other(door: Door) -> None:
    page = html_of(run("methods"))
    flagged = {
        found[1]
        for found in re.finditer(r'<article id="questionnaire-(\w+)">(.*?)</article>', page, flags=re.S)
        if "Scoring not confirmed" in found[2]
    }
    unverified = {name for name, one in load_registry().items() if not one.verified}
    assert unverified
    assert flagged == unverified
    for name in unverified:
        assert html.escape(load_registry()[name].caution_text) in page


def test_a_remedy_for_the_operator_is_not_shown_to_visitors(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_audience: str, _home: Path) -> FakeAnswers:
        raise InputFault(Fault("the file of this computer", "cannot be opened", "Run the release again."))

    monkeypatch.setattr(answers, "open_answers", refuse)
    said = text_of(run("report"))
    for_operator = answers.audience() == "manager"
    assert ("The file of this computer" in said) == for_operator
    assert ("Something went wrong on our side" in said) != for_operator


def test_pages_made_from_the_release_name_its_version_at_either_door(door: Door) -> None:
    assert door.published is not None
    assert f"Version {door.published.version}" in text_of(run("report"))
