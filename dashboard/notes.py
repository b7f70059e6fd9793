"""The small line under a figure: who is not shown, what is hidden, missing, to be read with care, and the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import words
from dashboard.charts.curve import MONTH
from dashboard.language import noted, say

Note = tuple[str, str]
ORDER = (
    noted("Counted"),
    noted("Not shown"),
    noted("Hidden"),
    noted("Missing"),
    noted("Your dates"),
    noted("Read with care"),
    noted("Source"),
)
LEFT_OUT = {
    "never_attended": noted("{people} who never came to a session"),
    "left_before": noted("{people} who left before day 30"),
    "not_yet": noted("{people} whose day 30 is too recent"),
    "immature": noted("{people} who started too recently to say"),
}
GO_TOGETHER = noted("this shows that the two go together. It does not show that one causes the other.")
MAY_GO_TOGETHER = noted("a figure like this can show what goes together, not what brings what about.")
"""What an association shows where its range excludes nothing, and where it does not."""


def notes(table: pd.DataFrame, about: Mapping[str, Any], *, more: Mapping[str, str] | None = None) -> list[Note]:
    """Return (lead, text) pairs in their fixed order; `more` adds to or replaces what the table itself tells.

    `more` has the leads in English, as they stand in ORDER; those that are returned are in the language spoken.
    """
    found = {"Source": source(about)}
    if hidden := hidden_words(table, about):
        found["Hidden"] = hidden
    if rough := rough_words(table, about):
        found["Read with care"] = rough
    apart = (left_out(table), _where_lines_stop(table), _where_lines_break(table))
    if any(apart):
        found["Not shown"] = " ".join(text for text in apart if text)
    for lead, text in (more or {}).items():
        if text:
            # Whom a figure leaves out comes before where its lines stop, and what a link shows before what '~' means.
            found[lead] = " ".join((text, found[lead])) if lead in found else text
    return [(say(lead), found[lead]) for lead in ORDER if lead in found]


def association(*, clear: bool) -> str:
    """Return what an association shows, that is that the two go together only where it is `clear`."""
    return say(GO_TOGETHER if clear else MAY_GO_TOGETHER)


def source(about: Mapping[str, Any]) -> str:
    """Return which records and version a figure stands on, and that numbers carry noise where they do."""
    known = {"period": words.period(str(about["records_to"])), "version": about["version"]}
    said = say("program records to {period}, version {version}.", **known)
    return f"{said} {say('Numbers carry deliberate noise and are rounded.')}" if about.get("noise") else said


def left_out(table: pd.DataFrame) -> str:
    """Return whom a figure leaves out, from the count rows beside a curve."""
    stat, status, series, estimate = (table[name].to_numpy() for name in ("stat", "status", "series", "estimate"))
    counts = (stat == "count") & (status == "shown")
    numbers = dict(zip(series[counts], estimate[counts], strict=True))
    said = [say(phrase, people=words.people(numbers[code])) for code, phrase in LEFT_OUT.items() if code in numbers]
    return f"{words.joined(said)}." if said else ""


def hidden_words(table: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Return how many groups are hidden and why."""
    # Mostly nothing is hidden, and telling rows apart by three columns is the costly part.
    return _hidden_groups(table, about) if (_status_of_drawn(table) == "hidden").any() else ""


def rough_words(table: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Return what '~' means if it is used."""
    if not (_status_of_drawn(table) == "rough").any():
        return ""
    if about.get("rough_below"):
        return say("~ rests on fewer than {number} people, so the figure is rough.", number=about["rough_below"])
    return say("~ rests on few people, so the figure is rough.")


def _status_of_drawn(table: pd.DataFrame) -> npt.NDArray[np.object_]:
    drawn: npt.NDArray[np.object_] = table["status"].to_numpy(dtype=object)[table["shape"].to_numpy() != ""]
    return drawn


def _hidden_groups(table: pd.DataFrame, about: Mapping[str, Any]) -> str:
    drawn = table[table["shape"].ne("")]
    shown = drawn[drawn["status"].isin(["shown", "rough"])]
    keys = ["grouping", "level", "series"]
    hidden = drawn[drawn["status"].eq("hidden")]
    gone = hidden[~hidden.set_index(keys).index.isin(shown.set_index(keys).index)]
    if gone.empty:
        return ""
    groups, total = len(gone[keys].drop_duplicates()), len(drawn[keys].drop_duplicates())
    # A share is also withheld where few of a larger group stayed, or few left: the group itself need not be small.
    small = bool(gone["reason"].eq("below_threshold").any())
    which = "alone" if total == 1 else "one" if groups == 1 else "some"
    return say(_HIDDEN[which, small], hidden=groups, total=total, floor=about["floor"])


_HIDDEN = {
    ("alone", True): noted(
        "this group, because it rests on, or would give away, a count of fewer than {floor} people."
    ),
    ("one", True): noted(
        "{hidden} of {total} groups, because it rests on, or would give away, a count of fewer than {floor} people."
    ),
    ("some", True): noted(
        "{hidden} of {total} groups, because they rest on, or would give away, a count of fewer than {floor} people."
    ),
    ("alone", False): noted("this group, with too few people for a figure."),
    ("one", False): noted("{hidden} of {total} groups, with too few people for a figure."),
    ("some", False): noted("{hidden} of {total} groups, with too few people for a figure."),
}
"""How many groups are hidden, and whether because of a small count."""


def answered(table: pd.DataFrame, series: str, what: str) -> str:
    """Return 'n of m people still in on day 30 have no early score', from the response rate table."""
    rows = table[table["series"].eq(series) & table["status"].isin(["shown", "rough"])]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    if pd.notna(row["events"]) and pd.notna(row["n"]) and row["source"] == "live":
        # The difference of two printed counts is not a printed count: a release says the share alone.
        return say(
            "{without} of {everyone} people still in on day 30 have no {what} score.",
            without=words.number(row["n"] - row["events"]),
            everyone=words.number(row["n"]),
            what=what,
        )
    share = words.percent(1 - row["estimate"])
    return say("{share} of people still in on day 30 have no {what} score.", share=share, what=what)


def _where_lines_stop(table: pd.DataFrame) -> str:
    """Return from which month a line is not drawn, and why: a release also holds back points of too few new events."""
    status, shape, level, x = (table[name].to_numpy() for name in ("status", "shape", "level", "x"))
    drawn = ((shape == "step") | (shape == "line")) & ((status == "shown") | (status == "rough"))
    hidden = status == "hidden"
    stops = []
    for name in dict.fromkeys(level[drawn]):
        end = np.nanmax(x[drawn & (level == name)])
        if (x[hidden & (level == name)] > end).any():
            stops.append(end)
    if not stops:
        return ""
    months = sorted({int(stop // MONTH) + 1 for stop in stops})
    why = "release" if table["source"].astype(str).str.startswith("release").any() else "live"
    return say(_STOPS[why, len(months) > 1], month=months[0])


_STOPS = {
    ("live", False): noted("Lines stop where too few people are still being followed (from month {month})."),
    ("live", True): noted("Lines stop where too few people are still being followed (the first from month {month})."),
    ("release", False): noted(
        "Lines stop where no further point can be published: too few more people left early, or too few are still "
        "being followed (from month {month})."
    ),
    ("release", True): noted(
        "Lines stop where no further point can be published: too few more people left early, or too few are still "
        "being followed (the first from month {month})."
    ),
}
"""Why lines stop, by the door, and whether they stop in different months."""


def _where_lines_break(table: pd.DataFrame) -> str:
    """Return that a straight line has a gap, where a point between two of its drawn ones is hidden."""
    points = table[table["shape"].eq("line") & table["stat"].eq("share") & table["x"].notna()]
    if not (points["status"] == "hidden").any():
        return ""
    drawn = points[points["status"].isin(["shown", "rough"])].groupby("level")["x"].agg(["min", "max"])
    hidden = points[points["status"].eq("hidden")].join(drawn, on="level")
    broken = bool(((hidden["x"] > hidden["min"]) & (hidden["x"] < hidden["max"])).any())
    return say("A line has a gap where a point is hidden.") if broken else ""
