"""Saved views: named addresses of this dashboard that the people of one program keep for themselves.

A view is a page and what the address holds (filters, comparisons, pills), never a number and no data version, so that
it shows the newest records when it is opened. They lie in the data folder, for the account that runs the dashboard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard import kept_file
from dashboard.answers import Fault, InputFault

NAME, WHAT = "saved_views.json", "saved views"
MOST_VIEWS = 30
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SavedView:
    """One view: its name, the page it is on, and the query of the address by key."""

    name: str
    page: str
    query: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The query as a link takes it."""
        return {key: list(values) for key, values in self.query}


def saved_views(home: Path) -> list[SavedView]:
    """Return the saved views in the order of saving; none before the first; InputFault if the file cannot be read."""
    try:
        return [_view(each) for each in kept_file.read(home, NAME, WHAT)]
    except (TypeError, KeyError):
        raise kept_file.damaged(home, NAME, WHAT) from None


def save(home: Path, name: str, page: str, query: Mapping[str, Sequence[str]]) -> None:
    """Keep a view under `name`; one of that name is replaced.

    Raises InputFault for a name that is empty or too long, too many views, or a folder that cannot be written.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        rule = f"has no name of 1 to {LONGEST_NAME} characters"
        raise InputFault(Fault("the view", rule, "Type a short name that says what it shows."))
    others = [view for view in saved_views(home) if view.name != name]
    if len(others) >= MOST_VIEWS:
        raise InputFault(Fault("the view", f"would be one more than {MOST_VIEWS}", "Remove one that is not used."))
    held = tuple((key, tuple(map(str, values))) for key, values in sorted(query.items()) if values)
    _write(home, [*others, SavedView(name, page, held)])


def remove(home: Path, name: str) -> None:
    """Remove the view of that name, if there is one; InputFault if the folder cannot be written."""
    _write(home, [view for view in saved_views(home) if view.name != name])


def _view(held: Mapping[str, object]) -> SavedView:
    query = held["query"]
    if not isinstance(query, dict):
        raise TypeError("the query of a view is a table")
    pairs = tuple((str(key), tuple(str(value) for value in values)) for key, values in query.items())
    return SavedView(str(held["name"]), str(held["page"]), pairs)


def _write(home: Path, views: Sequence[SavedView]) -> None:
    kept_file.write(home, NAME, [{"name": v.name, "page": v.page, "query": v.parameters} for v in views])
