"""Eight people at once at each door, two tabs of one browser, and the way back through every choice."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.answers import open_answers
from tests.browser import doors, visitors
from tests.browser.test_visitors import back_to, main_text

pytestmark = pytest.mark.validate
ROUNDS = 4


@pytest.mark.parametrize("audience", ["manager", "public"])
def test_eight_people_who_click_at_once_read_only_their_own_numbers(
    request: pytest.FixtureRequest,
    browser: Browser,
    sample_home: Path,
    audience: str,
) -> None:
    answers = open_answers(audience, sample_home)
    door: doors.Door = request.getfixturevalue(audience)
    with visitors.people(browser, door, answers, visitors.WHERE) as found:
        assert visitors.all_click(found, answers, ROUNDS) == []
        said = {(one.page.locator(".counted").inner_text(), one.page.evaluate(visitors.TITLE)) for one in found}
        assert len(said) > len(found) // 2, "or nobody could tell one from another"


@pytest.mark.parametrize("audience", ["manager", "public"])
def test_two_tabs_of_one_browser_do_not_disturb_each_other(
    request: pytest.FixtureRequest,
    browser: Browser,
    sample_home: Path,
    audience: str,
) -> None:
    answers = open_answers(audience, sample_home)
    door: doors.Door = request.getfixturevalue(audience)
    with doors.visit(browser) as page:
        other = page.context.new_page()
        other.set_default_timeout(doors.PAINT_MILLISECONDS)
        tabs = [visitors.Visitor(page, visitors.WHERE[1]), visitors.Visitor(other, visitors.WHERE[5])]
        for tab in tabs:
            doors.open_page(tab.page, door.url("staying", visitors.query(answers, tab.where)))
        assert visitors.all_click(tabs, answers, ROUNDS) == []
        before = main_text(other)
        tabs[0].drop_filter()
        assert tabs[0].is_right(answers)
        assert main_text(other) == before
        assert tabs[1].is_right(answers)


@pytest.mark.parametrize("audience", ["manager", "public"])
def test_the_way_back_leads_through_earlier_pages_as_they_were(
    request: pytest.FixtureRequest,
    browser: Browser,
    sample_home: Path,
    audience: str,
) -> None:
    """A choice takes the place of the one before in the history; a change of page is one step."""
    answers = open_answers(audience, sample_home)
    door: doors.Door = request.getfixturevalue(audience)
    with visitors.people(browser, door, answers, visitors.WHERE[1:2]) as (one,):
        doors.settle(one.page)
        left = []
        for split, leads_to in (("Early alliance", "Overview"), ("Age", "Methods")):
            one.choose(split)
            assert one.is_right(answers)
            left.append((one.page.url, split, main_text(one.page)))
            one.page.get_by_role("link", name=leads_to).first.click()
            one.page.wait_for_url(lambda address: "staying" not in address)
            doors.settle(one.page)
            if leads_to == "Overview":
                one.page.get_by_role("link", name="Staying").first.click()
                one.page.wait_for_url("**/staying**")
                doors.settle(one.page)
        overview = door.url("overview", visitors.query(answers, visitors.WHERE[1]))
        for (address, split, said), between in zip(reversed(left), (overview, None), strict=True):
            back_to(one.page, address)
            one.split = split
            assert one.is_right(answers)
            assert main_text(one.page) == said
            if between is not None:
                back_to(one.page, between)
