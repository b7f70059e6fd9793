"""What a careful look would find, looked for on every page: bars drawn, no text cut off or over another, one number."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import doors
from tests.browser.test_pages import problems

pytestmark = pytest.mark.browser
DOORS = ("manager", "public")
WIDTHS = (1440, 390)
SEEN = [("manager", 390)]
"""The door that draws most, where there is least room; `make validate` sees both doors at every width."""
CHARTS = ("overview", "staying", "trust_and_confidence")
FEW = 1
"""How many choices on Trust and confidence the ordinary tests look at; `make validate` looks at all."""
SITES = ("Ashgrove", "Birchwood", "Cedar Hill", "Dockside", "Elmwood")
CHOICES = {
    "without a score": (
        "missing_self_efficacy",
        {"check": "People without a score", "within": "Alliance with self-efficacy"},
    ),
    "groups": ("groups_self_efficacy", {"check": "Groups of people"}),
    "sessions": ("sessions_self_efficacy", {"check": "After each session"}),
    "every way out": ("exits_self_efficacy", {"check": "Every way out"}),
    "empathy": ("ratio_empowerment", {"scores": "Empathy and empowerment"}),
}
"""What can be chosen on Trust and confidence: a card it draws, and the choices in the address."""
FAULTS = """() => {
    const found = [];
    for (const chart of document.querySelectorAll('.js-plotly-plot')) {
        const frame = chart.getBoundingClientRect();
        const texts = [...chart.querySelectorAll('.annotation-text, .xtick text, .ytick text, .xtitle')]
            .map(text => [text.textContent, text.getBoundingClientRect()]);
        texts.forEach(([said, a], i) => {
            const sideways = a.left < frame.left - 1 || a.right > frame.right + 1;
            if (sideways || a.bottom > frame.bottom + 1 || a.top < frame.top - 1)
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
"""Names texts of charts that leave their chart or lie over each other by more than the room between two lines."""
BARS = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .filter(chart => chart.data.some(trace => trace.type === 'bar'))
    .map(chart => ({
        asked: chart.data.filter(trace => trace.type === 'bar').length,
        drawn: [...chart.querySelectorAll('.bars path')].filter(bar => {
            const box = bar.getBoundingClientRect();
            return box.width > 0.5 && box.height > 8 && getComputedStyle(bar).fillOpacity > 0.5;
        }).length,
    }))"""


@pytest.fixture
def door(request: pytest.FixtureRequest) -> doors.Door:
    found: doors.Door = request.getfixturevalue(request.param)
    return found


def test_the_referee_of_texts_sees_them(browser: Browser) -> None:
    page = browser.new_page()
    texts = "".join(
        f'<text class="annotation-text" x="{x}" y="{y}">{said}</text>'
        for said, x, y in (("a", 9, 20), ("b", 12, 26), ("c", 99, 20))
    )
    page.set_content(
        f'<div class="js-plotly-plot" style="width:100px"><svg width="100" height="40">{texts}</svg></div>'
    )
    assert sorted(page.evaluate(FAULTS)) == ["a lies over b", "c is cut off"]
    page.close()


def faults(page: Page) -> list[str]:
    """Return the faults that stay: a chart may be laid out in two steps, the first of which lasts a moment."""
    for _ in range(20):
        found: list[str] = page.evaluate(FAULTS)
        if not found:
            break
        page.wait_for_timeout(250)
    return found


@pytest.mark.parametrize(("door", "width"), SEEN, indirect=["door"])
def test_no_text_of_a_chart_is_cut_off_or_lies_over_another(browser: Browser, door: doors.Door, width: int) -> None:
    look_for_texts(browser, door, width, looks=doors.LOOKS[:1], choices=FEW)


def look_for_texts(
    browser: Browser,
    door: doors.Door,
    width: int,
    looks: tuple[str, ...] = doors.LOOKS,
    choices: int | None = None,
) -> None:
    """Look at every chart of a door at one width: no text is cut off or lies over another.

    `looks` are the further looks at staying, `choices` how many of those on Trust and confidence; all without.
    """
    found = {}
    with doors.visit(browser, width) as page:
        for name in CHARTS:
            doors.open_page(page, door.url(name))
            found[name] = faults(page)
        doors.open_page(page, door.url("staying", urlencode({"by": "Main substance"})))
        found["by substance"] = faults(page)
        for look in looks if door.audience == "manager" else looks[:1]:
            doors.open_page(page, door.url("staying", urlencode({"more": look})))
            assert page.get_by_role("heading", name="More about staying").count()
            found[look] = faults(page)
        # Names longer than half of a phone's plot is wide.
        doors.open_page(page, door.url("staying", urlencode({"by": "More groups", "group": "Housing"})))
        found["by housing"] = faults(page)
        if door.audience == "manager":
            doors.open_page(page, door.url("trust_and_confidence", urlencode({"check": "Along the scale"})))
            assert page.get_by_text("along the scale").or_(page.get_by_text("no sign that the line bends")).count()
            found["along the scale"] = faults(page)
            for choice, (card, query) in list(CHOICES.items())[:choices] if width == min(WIDTHS) else ():
                doors.open_page(page, door.url("trust_and_confidence", urlencode(query)))
                assert page.locator(f".st-key-card_{card} .js-plotly-plot").count() == 1, choice
                found[choice] = faults(page)
                if choice == "groups":
                    found["groups, axe"] = problems(page)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(("door", "width"), SEEN, indirect=["door"])
def test_every_bar_that_is_asked_for_is_drawn(browser: Browser, door: doors.Door, width: int) -> None:
    with doors.visit(browser, width) as page:
        doors.open_page(page, door.url("trust_and_confidence"))
        page.wait_for_function(f"() => ({BARS})().length === 2")
        charts = page.evaluate(BARS)
    assert len(charts) == 2
    assert all(chart["drawn"] == chart["asked"] == 3 for chart in charts), charts


@pytest.mark.parametrize("door", DOORS, indirect=True)
def test_one_page_says_one_number_of_those_who_stayed(browser: Browser, door: doors.Door) -> None:
    """A release prints the curve and the share with noise of their own: a page must not show one beside the other."""
    with doors.visit(browser) as page:
        for site in SITES[:2]:
            doors.open_page(page, door.url("overview", urlencode({"site": site})))
            said = _stayed(page)
            assert len(set(said)) == 1, (site, said)


def _stayed(page: Page) -> list[str]:
    """Return the share who stayed to six months as the first sentence, the card and the first figure's title say it."""
    sentence = page.locator(".in-short").inner_text().split("(")[1]
    card = page.locator(".kpi", has_text="Stayed to 6 months").locator(".kpi-value").inner_text()
    title = page.locator(".ct", has_text="stayed to 6 months").first.inner_text()
    return [re.findall(r"~?\d+%", text)[0] for text in (sentence, card, title)]
