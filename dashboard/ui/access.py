"""Who may open which page: one table, and nobody may open what it does not name."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.language import noted

EVERYONE = ("manager", "public", "funder", "researcher")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: address and file name, name in the menu, question it answers, who may open it, what it is made from.

    `title` and `question` are said where they are shown. `without_data`: the page is drawn before the first load, too.
    """

    name: str
    title: str
    question: str
    roles: tuple[str, ...]
    filters: bool = True
    from_release: bool = False
    without_data: bool = False


PAGES = (
    Page("overview", noted("Overview"), noted("Are people staying, and is trust building?"), EVERYONE),
    Page(
        "how_it_helps",
        noted("How it helps"),
        noted("How is coaching meant to help, and what do our records show?"),
        ("manager", "public", "funder"),
    ),
    Page("staying", noted("Staying"), noted("How long do people stay in the program?"), EVERYONE),
    Page(
        "trust_and_confidence",
        noted("Trust and confidence"),
        noted("Do early trust and confidence go with staying?"),
        ("manager", "public", "researcher"),
    ),
    Page(
        "sites_and_coaches",
        noted("Sites and coaches"),
        noted("Do sites and coaches differ by more than chance?"),
        ("manager",),
    ),
    Page(
        "report",
        noted("Report"),
        noted("Share a one-page report"),
        ("manager", "public", "funder"),
        filters=False,
        from_release=True,
    ),
    Page(
        "get_the_data",
        noted("Get the data"),
        noted("Get the data behind the charts"),
        ("manager", "public", "researcher"),
        filters=False,
        from_release=True,
    ),
    Page(
        "your_data",
        noted("Your data"),
        noted("Load your own data, and see whether it can be trusted"),
        ("manager",),
        filters=False,
        without_data=True,
    ),
    Page("methods", noted("Methods"), noted("How are these figures worked out?"), EVERYONE, filters=False),
)
"""Every page in the order of the menu. In the public process funder and researcher differ only in this menu."""


def pages_for(role: str) -> tuple[Page, ...]:
    """Return the pages of `role`; an unknown role gets none."""
    return tuple(page for page in PAGES if role in page.roles)


def address(name: str) -> str:
    """Return where the page called `name` is, relative to any page: the first page has the root for its address."""
    return "./" if name == PAGES[0].name else name


def may_open(role: str, name: str) -> bool:
    """Tell whether `role` may open the page called `name`."""
    return any(page.name == name for page in pages_for(role))
