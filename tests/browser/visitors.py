"""Several people at one dashboard at once: each with filters of their own, and the words each must then read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from dashboard import words
from dashboard.answers import Answers, Question
from dashboard.ui import data, figures
from dashboard.ui.filters import KEYS
from tests.browser import doors

Where = tuple[tuple[str, tuple[str, ...]], ...]
PILLS = {
    "Everyone": "",
    "Early alliance": "alliance_band",
    "Early self-efficacy": "self_efficacy_band",
    "Age": "age_band",
}
WHERE: tuple[Where, ...] = (
    (),
    (("site", ("Ashgrove",)),),
    (("site", ("Birchwood",)),),
    (("site", ("Dockside",)),),
    (("site", ("Elmwood",)),),
    (("primary_substance", ("alcohol",)),),
    (("primary_substance", ("opioid",)),),
    (("cohort", ("2024-H2",)),),
)
"""What eight people look at, each something else."""
TITLE = "document.querySelector('.st-key-card_staying .ct')?.textContent"


@dataclass
class Visitor:
    """One person: the tab, the filters and the split looked at now."""

    page: Page
    where: Where
    split: str = "Everyone"

    def choose(self, split: str) -> None:
        """Click another split and do not wait."""
        self.split = split
        pill = self.page.get_by_role("radio", name=split, exact=True)
        pill.or_(self.page.get_by_role("button", name=split, exact=True)).first.click()

    def drop_filter(self) -> None:
        """Click the chips away and do not wait."""
        self.where = ()
        self.page.get_by_role("button", name="Clear all filters").first.click()

    def reads(self, answers: Answers) -> tuple[str, str, str, str]:
        """Return what is read, and what ought to be: people counted and the first title."""
        counted, title = expected(answers, self.where, self.split)
        doors.settle(self.page)
        self.page.wait_for_function(f"said => {TITLE} === said", arg=title)
        return self.page.locator(".counted").inner_text(), counted, str(self.page.evaluate(TITLE)), title

    def is_right(self, answers: Answers) -> bool:
        """Tell whether the numbers on this person's page are those of this person's filters."""
        counted, right_count, title, right_title = self.reads(answers)
        return right_count in counted and title == right_title


def expected(answers: Answers, where: Where, split: str) -> tuple[str, str]:
    """Return the count of people and the title of the first figure of Staying, worked out here."""
    data._NOW.set(data.Edition(answers))
    rows = answers.ask(Question("people_enrolled", (), where))
    count = words.number(rows[rows["series"].eq("") & rows["stat"].eq("count")]["estimate"].iloc[0])
    dimension = PILLS[split]
    held = (
        figures._staying_by(dimension, where, data.STANDARD, "light")
        if dimension
        else figures._staying_everyone(where, data.STANDARD, "light")
    )
    return f"Showing {count} ", held.title


def query(answers: Answers, where: Where) -> str:
    """Return filters as the web address holds them."""
    labels = {one.name: dict(one.categories) for one in answers.dimensions()}
    return urlencode({KEYS[name]: words.period(labels[name][codes[0]]) for name, codes in where})


@contextmanager
def people(browser: Browser, door: doors.Door, answers: Answers, wheres: tuple[Where, ...]) -> Iterator[list[Visitor]]:
    """Yield one visitor for each set of filters, each in a browser of their own, all on Staying."""
    with ExitStack() as open_until:
        pages = [open_until.enter_context(doors.visit(browser)) for _ in wheres]
        for page, where in zip(pages, wheres, strict=True):
            page.goto(door.url("staying", query(answers, where)))
        yield [Visitor(page, where) for page, where in zip(pages, wheres, strict=True)]


def all_click(found: list[Visitor], answers: Answers, rounds: int) -> list[str]:
    """Let everybody click at the same time, so often, and return who then reads what is not theirs."""
    splits = list(PILLS)
    wrong = []
    for one in found:
        doors.settle(one.page)
    for turn in range(rounds):
        for place, one in enumerate(found):
            one.choose(splits[(turn + place + 1) % len(splits)])
        wrong += [f"round {turn}: {one.where} {one.split}" for one in found if not one.is_right(answers)]
    return wrong
