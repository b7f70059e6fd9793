"""Taking files and following links in a browser: what arrives is what the page says, and what is internal is noted."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from dashboard import downloads, exports, words
from dashboard.answers import Question, open_answers
from dashboard.charts.months import LINES
from tests.browser import doors

pytestmark = pytest.mark.browser


def taken(page: Page, label: str) -> tuple[str, bytes]:
    """Click a download and return the file's name and content."""
    doors.settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).first.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""])


def test_the_file_of_get_the_data_is_the_release(public: doors.Door, browser: Browser, sample_home: Path) -> None:
    answers = open_answers("public", sample_home)
    with doors.visit(browser) as page:
        doors.open_page(page, public.url("get_the_data"))
        name, content = taken(page, "Download (CSV)")
    rows = downloads.export_rows(answers.ask(Question("stayed_share", ("site",))), answers.about())
    assert content == downloads.csv_bytes(rows)
    assert name == downloads.file_name("stayed_share", ("site",), answers.about(), "csv")
    assert not (sample_home / exports.LOG).exists() or "stayed_share" not in (sample_home / exports.LOG).read_text()


def test_a_figures_file_at_the_managers_door_is_internal_and_noted_when_it_is_taken(
    manager: doors.Door, browser: Browser, sample_home: Path
) -> None:
    log = sample_home / exports.LOG
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("staying"))
        page.get_by_text("Show the numbers as a table").first.click()
        before = log.read_text().count("\n") if log.exists() else 0
        name, content = taken(page, "Download these numbers (CSV)")
    lines = log.read_text().splitlines()
    assert len(lines) == before + 1
    noted = json.loads(lines[-1])
    rows = read(content)
    assert name.startswith("INTERNAL_not_for_release_DEMONSTRATION_staying_curve_")
    assert set(rows["use"]) == {downloads.INTERNAL}
    assert (noted["measure"], noted["rows"]) == ("staying_curve", len(rows))
    assert rows.loc[rows["n"].notna(), "n"].min() >= 11


def test_the_tables_of_the_managers_new_figures_are_their_files(manager: doors.Door, browser: Browser) -> None:
    """Each table row against the file's row of the same name: number and people, as they are read."""
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("trust_and_confidence"))
        found = {}
        for key in (
            "choices_alliance",
            "months_alliance",
            "through_empathy_alliance",
            "both_together",
            "lagged_alliance",
        ):
            card = page.locator(f".st-key-card_{key}")
            card.get_by_text("Show the numbers as a table").click()
            doors.settle(page)  # what opens and closes moves the button away from under the pointer
            with page.expect_download() as waiting:
                card.get_by_role("button", name="Download these numbers (CSV)").click()
            rows = card.locator("tbody tr").evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.textContent))")
            found[key] = rows, read(Path(waiting.value.path()).read_bytes())
        assert "rises more than that of the same people" in page.locator(".st-key-card_months_alliance").inner_text()

    rows, file = found["choices_alliance"]
    ratios = file[file["stat"].eq("ratio")]
    assert len(rows) == len(ratios) == 20
    told = {
        (f"Day {r.level:.0f}", f"{r.x:.0f}"): (words.ratio(r.estimate), words.number(r.n)) for r in ratios.itertuples()
    }
    assert {(row[0], row[1]): (row[2], row[4]) for row in rows} == told

    rows, file = found["months_alliance"]
    means = file[file["stat"].eq("mean") & file["series"].isin(list(LINES)) & file["estimate"].notna()]
    told = {
        (LINES[r.series].name, f"{r.x + 1:.0f}"): (words.score(r.estimate), words.number(r.n))
        for r in means.itertuples()
    }
    assert {(row[0], row[1]): (row[2].strip("~"), row[4]) for row in rows if row[4]} == told

    for key in ("both_together", "lagged_alliance"):
        rows, file = found[key]
        ratios = file[file["stat"].eq("ratio")]
        told = [(words.ratio(r.estimate), words.number(r.n)) for r in ratios.itertuples()]
        assert [(row[1], row[3]) for row in rows[: len(told)]] == told

    rows, file = found["through_empathy_alliance"]
    parts = file[file["stat"].eq("difference")]
    assert sorted(row[1] for row in rows) == sorted(words.signed(value) for value in parts["estimate"])


def picture(page: Page, place: int = 0) -> tuple[str, str]:
    """Save the picture of a chart and return the file's name and content."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save picture (SVG)").nth(place).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_text("utf-8")


def test_a_picture_at_the_managers_door_is_internal_and_noted_before_it_leaves(
    manager: doors.Door, browser: Browser, sample_home: Path
) -> None:
    log = sample_home / exports.LOG
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("staying"))
        before = log.read_text().count("\n") if log.exists() else 0
        name, content = picture(page)
        noted = json.loads(log.read_text().splitlines()[-1])
        assert log.read_text().count("\n") == before + 1
        title = page.locator("[class*=st-key-card_staying] .ct").first.inner_text()
        page.get_by_text("Picture saved.").wait_for()
    assert (noted["measure"], noted["format"]) == ("staying_curve", "svg")
    assert name.startswith("INTERNAL_not_for_release_DEMONSTRATION_staying_curve_")
    assert name.endswith(".svg")
    said = " ".join(text.strip() for text in ElementTree.fromstring(content).itertext() if text.strip())
    assert title in said
    assert "Internal. Exact numbers" in said
    assert "not real people" in said


def test_a_published_picture_says_what_is_done_to_its_numbers_and_a_sentence_can_be_copied(
    public: doors.Door, browser: Browser, sample_home: Path
) -> None:
    log = sample_home / exports.LOG
    before = log.read_text() if log.exists() else ""
    with doors.visit(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        doors.open_page(page, public.url("staying"))
        name, content = picture(page)
        title = page.locator("[class*=st-key-card_staying] .ct").first.inner_text()
        page.get_by_role("button", name="Copy sentence").first.click()
        page.get_by_text("Sentence copied.").first.wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == f"{title}."
        page.get_by_role("button", name="Copy link").first.click()
        page.get_by_text("Link copied.").first.wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == page.url
    said = " ".join(text.strip() for text in ElementTree.fromstring(content).itertext() if text.strip())
    assert name.startswith("DEMONSTRATION_staying_curve_")
    assert "Disclosure-controlled statistics" in said
    assert (log.read_text() if log.exists() else "") == before


def test_the_tables_of_the_further_looks_at_staying_are_their_files(manager: doors.Door, browser: Browser) -> None:
    found = {}
    with doors.visit(browser) as page:
        for query, key in (
            ({"by": "Early alliance"}, "days"),
            ({}, "weeks"),
            ({"more": "Attendance and caseload"}, "caseload"),
        ):
            doors.open_page(page, manager.url("staying", urlencode(query)))
            card = page.locator(f".st-key-card_{key}")
            card.get_by_text("Show the numbers as a table").click()
            doors.settle(page)  # what opens and closes moves the button away from under the pointer
            with page.expect_download() as waiting:
                card.get_by_role("button", name="Download these numbers (CSV)").click()
            rows = card.locator("tbody tr").evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.textContent))")
            found[key] = rows, read(Path(waiting.value.path()).read_bytes())

    rows, file = found["days"]
    means = file[file["stat"].eq("mean") & file["level"].ne("no_score")]
    told = {words.name(r.level): (words.number(r.estimate), words.number(r.n)) for r in means.itertuples()}
    assert {row[0]: (row[1], row[3]) for row in rows if " minus " not in row[0]} == told

    rows, file = found["weeks"]
    shares = file[file["stat"].eq("share") & file["estimate"].notna()]
    told = {f"{words.number(r.n)} {words.number(r.events)}": words.percent(r.estimate) for r in shares.itertuples()}
    assert told
    assert told.items() <= {f"{row[3]} {row[4]}": row[1].strip("~") for row in rows}.items()

    rows, file = found["caseload"]
    people = file[file["series"].isna() & file["estimate"].notna()]
    told = {words.month(r.level): words.number(r.estimate) for r in people.itertuples()}
    assert {row[0]: row[1] for row in rows} == told


def test_the_report_takes_the_programs_words_along(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("report"))
        box = page.get_by_role("textbox", name="In our words (optional)")
        box.fill("We <b>listened</b> first.")
        box.press("Control+Enter")
        page.frame_locator("iframe").first.get_by_text("We <b>listened</b> first.").wait_for()
        doors.settle(page)
        name, content = taken(page, "Download the report (HTML)")
        _, tables = taken(page, "Download the figures' data (ZIP)")
    assert name.startswith("DEMONSTRATION_report_")
    assert "We &lt;b&gt;listened&lt;/b&gt; first." in content.decode()
    assert "staying_curve_by_alliance_band.csv" in zipfile.ZipFile(io.BytesIO(tables)).namelist()


IN_VIEW = """id => {
    const box = document.getElementById(id).getBoundingClientRect();
    return box.top > 0 && box.top < innerHeight / 2;
}"""


@pytest.mark.parametrize("width", [1440, 390])
def test_a_link_to_a_word_arrives_there_with_its_detail_open(public: doors.Door, browser: Browser, width: int) -> None:
    with doors.visit(browser, width) as page:
        doors.open_page(page, public.url("methods") + "#range")
        page.wait_for_function(IN_VIEW, arg="range")
        assert page.locator("#range > details").get_attribute("open") is not None
        page.get_by_role("navigation", name="On this page").get_by_role("link", name="Who sees what").click()
        page.wait_for_function(IN_VIEW, arg="privacy")


def test_the_contents_of_methods_stay_beside_the_text(public: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, public.url("methods"))
        contents = page.get_by_role("navigation", name="On this page")
        page.locator("#dictionary").scroll_into_view_if_needed()
        box = contents.bounding_box()
        assert box
        assert 0 <= box["y"] < 300
        text = page.locator("#dictionary").bounding_box()
        assert text
        assert box["x"] + box["width"] < text["x"]


def test_more_in_methods_leads_from_a_figure_to_the_word(public: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, public.url("staying"))
        page.get_by_text("How to read this figure").first.click()
        link = page.get_by_role("link", name="More in Methods").first
        anchor = str(link.get_attribute("href")).partition("#")[2]
        link.click()
        page.wait_for_url("**/methods#**")
        doors.settle(page)
        page.wait_for_function(IN_VIEW, arg=anchor)
