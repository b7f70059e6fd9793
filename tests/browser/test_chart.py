"""The chart in a browser: a new figure changes it in place, a zoom stays, and a library that does not come is said."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import doors

pytestmark = pytest.mark.browser
CHART = "[data-testid=chart]"
MARK = "charts => charts.forEach(chart => { chart.marked = true; })"
MARKED = "charts => charts.map(chart => Boolean(chart.marked) && chart.isConnected)"
DRAWN = "charts => charts.map(chart => chart.data.map(trace => [...(trace.y ?? [])]))"
PATHS = "charts => charts.map(chart => chart.querySelector('.main-svg').innerHTML)"


@pytest.fixture(scope="module")
def line_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[doors.Door]:
    """The page of one chart under plain `streamlit run`."""
    port = doors.free_port()
    script = Path(__file__).with_name("chart_page.py")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
    with (tmp_path_factory.mktemp("chart") / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=script.parent, env=os.environ.copy(), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            doors.wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield doors.Door(f"http://127.0.0.1:{port}", "none")
        finally:
            process.terminate()
            process.wait(timeout=20)


def opened(page: Page, door: doors.Door) -> None:
    page.goto(door.address)
    page.wait_for_selector(f"{CHART} .main-svg")
    doors.settle(page)


def choose(page: Page, which: str) -> None:
    page.get_by_text(which, exact=True).click()
    page.wait_for_selector(f"{CHART}[aria-label='The {which} line']", state="attached")
    doors.settle(page)


def test_a_filter_redraws_every_chart_in_place(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        doors.open_page(page, manager.url("overview"))
        charts = page.locator(CHART)
        charts.evaluate_all(MARK)
        before, painted = charts.evaluate_all(DRAWN), charts.evaluate_all(PATHS)
        page.get_by_role("combobox", name="Site").click()
        page.get_by_role("option", name="Ashgrove", exact=True).click()
        page.wait_for_function("document.body.innerText.includes('Select a filter to remove it')")
        doors.settle(page)
        assert charts.evaluate_all(MARKED) == [True] * len(before)
        assert all(new != old for new, old in zip(charts.evaluate_all(DRAWN), before, strict=True))
        assert all(new != old for new, old in zip(charts.evaluate_all(PATHS), painted, strict=True))
        assert len([address for address in asked if "plotly" in address]) == 1, "the library is fetched once"


def test_another_grouping_changes_the_lines_in_place(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("staying"))
        chart = page.locator(CHART).first
        chart.evaluate("chart => { chart.marked = true; }")
        everyone = chart.get_attribute("aria-label")
        pill = page.get_by_role("radio", name="Early alliance", exact=True)
        pill.or_(page.get_by_role("button", name="Early alliance")).first.click()
        page.wait_for_function(
            "before => document.querySelector('[data-testid=chart]').ariaLabel !== before", arg=everyone
        )
        doors.settle(page)
        assert chart.evaluate("chart => chart.marked") is True
        assert "early alliance" in (chart.get_attribute("aria-label") or "")


def test_the_charts_are_drawn_anew_in_another_theme(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("overview"))
        colour = "document.querySelector('[data-testid=chart]').layout.font.color"
        light = page.evaluate(colour)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"before => {colour} !== before", arg=light)
        page.emulate_media(color_scheme="light")
        page.wait_for_function(f"before => {colour} === before", arg=light)


def test_a_zoom_stays_when_the_line_changes(line_page: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        opened(page, line_page)
        box = page.locator(f"{CHART} .nsewdrag").bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.3, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=8)
        page.mouse.up()
        ranges = "chart => chart.layout.xaxis.range.map(Number)"
        chart = page.locator(CHART)
        page.wait_for_function("document.querySelector('[data-testid=chart]').layout.xaxis.range[0] > 1")
        zoomed = chart.evaluate(ranges)
        choose(page, "second")
        assert chart.evaluate(ranges) == zoomed
        assert chart.evaluate("chart => chart.data[0].y[0]") == 1
        assert chart.evaluate("chart => chart.data[0].y[4]") is None, "what is no number is a gap"
        assert page.requested == {line_page.address.removeprefix("http://")}  # type: ignore[attr-defined]


def test_the_chart_follows_the_width_of_the_page(line_page: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        opened(page, line_page)
        for width in (390, 1200):
            page.set_viewport_size({"width": width, "height": 844})
            page.wait_for_function(
                """() => { const chart = document.querySelector('[data-testid=chart]');
                return chart._fullLayout.width === chart.clientWidth && chart.clientWidth > 100
                    && chart.clientWidth < innerWidth && chart.ariaBusy === 'false'; }"""
            )
            assert page.locator(CHART).evaluate("chart => chart.clientHeight") == 300


def test_a_library_that_does_not_come_is_said_and_tried_again(line_page: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        page.route("**/plotly.min.js", lambda route: route.abort())
        page.goto(line_page.address)
        said = page.get_by_text("The same numbers are in the table below.")
        said.wait_for()
        assert page.locator(CHART).is_hidden()
        page.unroute("**/plotly.min.js")
        choose(page, "second")
        page.wait_for_selector(f"{CHART} .main-svg")
        assert said.is_hidden()


MARK_OF_A_GROUP = """chart => {
    const trace = chart.data.find(each => each.meta && each.text);
    const {_size, xaxis, yaxis} = chart._fullLayout;
    const place = Math.floor((trace.x.length - 1) / 2);
    return {x: _size.l + xaxis.d2p(trace.x[place]), y: _size.t + yaxis.d2p(trace.y[place])};
}"""


def test_a_picture_that_may_not_leave_says_why_where_marks_can_be_clicked(
    manager: doors.Door, browser: Browser
) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("staying", "site=Ashgrove&by=Age"))
        card = page.locator(".st-key-card_staying")
        said = card.get_by_test_id("chart-said")
        assert said.inner_text().startswith("Click a mark")
        card.get_by_role("button", name="Save picture").click()
        card.get_by_text("fewer than 11 people").first.wait_for()
        doors.settle(page)
        assert "fewer than 11 people" in said.inner_text()


def test_a_click_on_a_mark_offers_its_group_and_the_button_shows_it_alone(
    manager: doors.Door, browser: Browser
) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("staying?by=Age"))
        card = page.locator(".st-key-card_days")
        chart, button = card.locator(CHART), card.locator("[data-tool=only]")
        assert card.get_by_text("Click a mark to see its group alone.").is_visible()
        assert not button.is_visible()
        before = page.url
        chart.scroll_into_view_if_needed()
        chart.click(position=chart.evaluate(MARK_OF_A_GROUP))
        offered = button.inner_text()
        assert offered.startswith("Show only ")
        assert page.url == before, "reading a mark by touch changes nothing"
        button.click()
        group = offered.removeprefix("Show only ")
        page.get_by_role("button", name=f"Age: {group}").wait_for()
        assert f"age={group}" in page.url
