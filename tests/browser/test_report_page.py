"""The report in a real browser: one sheet of either paper, nothing over anything else, right on a phone, accessible."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from dashboard import language
from dashboard.answers import Question, open_answers
from dashboard.report import build_report
from tests.dashboard.published_examples import LONG_TITLE, SITES, Published

pytestmark = pytest.mark.browser
OWN = ("We opened a second house this year and began to call everybody who had missed a week. " * 6)[:500]
WIDTHS = (900, 390)
OVERLAPS = """() => {
    const found = [];
    for (const svg of document.querySelectorAll('svg')) {
        if (!svg.getBoundingClientRect().width) continue;
        const frame = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
        texts.forEach(([said, a], i) => {
            if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.bottom > frame.bottom + 1)
                found.push(`${said} is cut off`);
            texts.slice(i + 1).forEach(([other, b]) => {
                const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (wide > 1 && tall > 4) found.push(`${said} lies over ${other}`);
            });
        });
    }
    return found;
}"""
"""Names texts of drawings that leave their drawing or lie over each other by more than the room between two lines."""


IN_SPANISH = ("longest", "many sites", "sample")
"""The reports that are looked at in Spanish, too: the fullest ones, and a real one."""
CHECKED = ("longest, en", "sample, en", "sample, es")


def no_difference() -> Published:
    """The longest sentences there are: no clear difference anywhere, long names, twelve sites."""
    answers = Published(title=LONG_TITLE, sites=SITES)
    for measure, by in (("staying_curve", ("alliance_band",)), ("stayed_by_alliance_and_self_efficacy", ())):
        table = answers.ask(Question(measure, by))
        at = table["stat"].eq("difference")
        table.loc[at, "lower"], table.loc[at, "upper"] = -0.2, 0.2
        answers.edit[measure] = table
    return answers


def close_lines() -> Published:
    """Three lines whose labels would lie over each other."""
    answers = Published()
    table = answers.ask(Question("staying_curve", ("alliance_band",)))
    shares = table["stat"].eq("share")
    steps = {"lower": 0.0, "middle": 0.01, "higher": 0.02}
    base = 1 - table.loc[shares, "x"] / 800
    table.loc[shares, "estimate"] = base + table.loc[shares, "level"].map(steps) * pd.Series(1.0, index=base.index)
    table.loc[shares, ["lower", "upper"]] = float("nan")
    answers.edit["staying_curve"] = table
    return answers


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, sample_home: Path) -> dict[str, Path]:
    """The report in its shortest and its longest forms, and that of the sample, in each language, as files."""
    folder = tmp_path_factory.mktemp("reports")
    paths = {}
    for code in language.LANGUAGES:
        with language.spoken(code):
            made = documents(sample_home, *([] if code == language.ENGLISH else IN_SPANISH))
        for name, document in made.items():
            paths[f"{name}, {code}"] = folder / f"{name.replace(' ', '_')}_{code}.html"
            paths[f"{name}, {code}"].write_text(document, encoding="utf-8")
    return paths


def documents(sample_home: Path, *names: str) -> dict[str, str]:
    """Return the reports in the language that is spoken: those named, or all."""
    makers: dict[str, Callable[[], str]] = {
        "plain": lambda: build_report(Published()),
        "own words": lambda: build_report(Published(), in_our_words=OWN),
        "longest": lambda: build_report(no_difference(), in_our_words=OWN),
        "longest without words": lambda: build_report(no_difference()),
        "many sites": lambda: build_report(Published(sites=tuple(f"Site {i:02d}" for i in range(16)))),
        "close lines": lambda: build_report(close_lines()),
        "sample": lambda: build_report(open_answers("public", sample_home), in_our_words=OWN),
    }
    return {name: make() for name, make in makers.items() if not names or name in names}


def sheets(page: Page, paper: str) -> int:
    """Return how many sheets the page prints on; counted in the file itself."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))


def test_the_count_of_sheets_is_right(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<p>one</p><p style='break-before: page'>two</p><p style='break-before: page'>three</p>")
    assert sheets(page, "A4") == 3
    page.close()


def test_the_referee_of_overlaps_sees_them(browser: Browser) -> None:
    page = browser.new_page()
    texts = "".join(
        f'<text x="{x}" y="{y}">{said}</text>' for said, x, y in (("a", 9, 20), ("b", 12, 26), ("c", 99, 20))
    )
    page.set_content(f'<svg width="100" height="40">{texts}</svg>')
    assert sorted(page.evaluate(OVERLAPS)) == ["a lies over b", "c is cut off"]
    page.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_every_report_is_one_sheet(browser: Browser, reports: dict[str, Path], paper: str) -> None:
    page = browser.new_page()
    found = {}
    for name, path in reports.items():
        page.goto(path.as_uri())
        page.wait_for_function("document.fonts.status === 'loaded'")
        found[name] = sheets(page, paper)
    page.close()
    assert found == dict.fromkeys(reports, 1)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_or_lies_over_anything_else(browser: Browser, reports: dict[str, Path], width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    requested: set[str] = set()
    page.on("request", lambda request: requested.add(request.url.split(":", 1)[0]))
    found = {}
    for name, path in reports.items():
        page.goto(path.as_uri())
        page.wait_for_function("document.fonts.status === 'loaded'")
        found[name] = page.evaluate(OVERLAPS)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, name
        wide, narrow = (page.locator(f".{kind}:visible").count() for kind in ("wide", "narrow"))
        assert (wide > 0, narrow > 0) == (width > 640, width <= 640)
        smallest = page.evaluate(
            "Math.min(...[...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().width)"
            ".map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().a))"
        )
        assert smallest >= 11.5, name
    page.close()
    assert {name: said for name, said in found.items() if said} == {}
    assert requested <= {"file", "data"}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_is_accessible(browser: Browser, reports: dict[str, Path], width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    found = {}
    for name in CHECKED:
        page.goto(reports[name].as_uri())
        found[name] = [item["id"] for item in Axe().run(page).response["violations"]]
    page.close()
    assert found == {name: [] for name in CHECKED}
