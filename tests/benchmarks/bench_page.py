"""From a click to the painted page: ours against the same page with st.plotly_chart under `streamlit run`, in turn."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from playwright.sync_api import Page

from tests.benchmarks import homes, servers
from tests.browser import doors

ROUNDS = 12
READING_SECONDS = {"small": 10, "1m": 60}
"""How long somebody reads the page before the first filter; what can be worked ahead is worked ahead meanwhile."""
REST_SECONDS = 180
"""How long is waited at most until neither server works ahead, where only answers that are known are asked for."""
Sides = dict[str, tuple[servers.Server, Page]]
PILLS = ("Early alliance", "Everyone")
FILTERS = ("Site", "Main substance", "Age")
WORDS = "[data-testid=stMain] :is(.counted, h2.ct, h3.ct)"
REMEMBER = f"""() => {{
    const words = () => [...document.querySelectorAll({WORDS!r})].map(node => node.innerText).join('|');
    window.benchBefore = words();
    window.benchWords = words;
    window.benchPainted = 0;
    const click = () => {{ window.benchClicked = performance.now(); }};
    addEventListener('pointerdown', click, {{capture: true, once: true}});
}}"""
PAINTED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const ours = [...document.querySelectorAll('[data-testid=chart]')];
    const theirs = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    const done = window.benchClicked && app.getAttribute('data-test-script-state') === 'notRunning'
        && window.benchWords() !== window.benchBefore && !document.querySelector('[data-testid=stSkeleton]')
        && ours.every(chart => chart.ariaBusy === 'false') && theirs.every(chart => chart.querySelector('.main-svg'));
    if (done) window.benchPainted = performance.now();
    return done;
}"""


def click_to_painted(page: Page, click: Callable[[], None]) -> float:
    """Return the milliseconds from `click` until its answer is painted: words changed, nothing grey, charts drawn.

    `click` must change the people counted or the figure's title. The time is taken in the browser.
    """
    page.evaluate(REMEMBER)
    click()
    page.wait_for_function(PAINTED)
    return float(page.evaluate("window.benchPainted - window.benchClicked"))


def choose_filter(page: Page, label: str, option: str) -> Callable[[], None]:
    """Open the list of a filter and return what chooses one of its options."""
    page.get_by_role("combobox", name=label).click()
    found = page.get_by_role("option", name=option, exact=True)
    found.wait_for()
    return found.click


def filters_of(page: Page) -> list[tuple[str, str]]:
    """Return every filter of the overview with each of its options."""
    found = []
    for label in FILTERS:
        page.get_by_role("combobox", name=label).click()
        page.get_by_role("option").first.wait_for()
        found += [(label, option) for option in page.get_by_role("option").all_inner_texts()]
        page.keyboard.press("Escape")
    return found


def first_filters(sides: Sides, reading: float) -> dict[str, list[float]]:
    """Return the times of filters nobody has chosen before, on the overview, both servers in turn."""
    times: dict[str, list[float]] = {side: [] for side in sides}
    options: list[tuple[str, str]] = []
    for server, page in sides.values():
        doors.open_page(page, server.door.url("overview"))
        options = options or filters_of(page)
    for _, page in sides.values():
        page.wait_for_timeout(1000 * reading)
    for label, option in options[:ROUNDS]:
        for side, (server, page) in sides.items():
            doors.open_page(page, server.door.url("overview"))
            times[side].append(click_to_painted(page, choose_filter(page, label, option)))
    return times


def pills(sides: Sides) -> dict[str, list[float]]:
    """Return the times of choosing what the curve is compared by, on Staying, once every answer is known."""
    times: dict[str, list[float]] = {side: [] for side in sides}
    for server, page in sides.values():
        doors.open_page(page, server.door.url("staying"))
        for pill in PILLS:
            click_to_painted(page, choose_pill(page, pill))
    for server, _ in sides.values():
        server.until_idle(REST_SECONDS)
    for turn in range(ROUNDS):
        for side, (_, page) in sides.items():
            times[side].append(click_to_painted(page, choose_pill(page, PILLS[turn % len(PILLS)])))
    return times


def choose_pill(page: Page, label: str) -> Callable[[], None]:
    """Return what chooses one of the pills."""
    pill = page.get_by_role("radio", name=label, exact=True)
    return pill.or_(page.get_by_role("button", name=label)).first.click


def run(size: str) -> list[dict[str, object]]:
    """Return click-to-painted of both servers, medians."""
    home = homes.home(size)
    with (
        servers.ours(home) as ours,
        servers.plain(home) as plain,
        doors.chromium() as browser,
        doors.visit(browser) as our_page,
        doors.visit(browser) as plain_page,
    ):
        sides = {"ours": (ours, our_page), "other": (plain, plain_page)}
        subjects = {
            "click to painted, Overview, a filter nobody chose before": first_filters(
                sides, READING_SECONDS.get(size, 60)
            ),
            "click to painted, Staying, another grouping": pills(sides),
        }
    rows: list[dict[str, object]] = []
    for name, times in subjects.items():
        one, other = (statistics.median(times[side]) for side in ("ours", "other"))
        slowest = f"slowest of ours {max(times['ours']):.0f} ms"
        note = f"{homes.said(size)}; the same page with st.plotly_chart under `streamlit run`; {slowest}"
        rows.append({"name": name, "ours": one, "other": other, "unit": "ms", "ratio": other / one, "note": note})
    return rows
