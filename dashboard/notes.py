"""The small line under a figure: who is not shown, what is hidden, missing, to be read with care, and the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import words
from dashboard.charts.curve import MONTH

Note = tuple[str, str]
ORDER = ("Counted", "Not shown", "Hidden", "Missing", "Your dates", "Read with care", "Source")
LEFT_OUT = {
    "never_attended": "who never came to a session",
    "left_before": "who left before day 30",
    "not_yet": "whose day 30 is too recent",
    "immature": "who started too recently to say",
}
GO_TOGETHER = "this shows that the two go together. It does not show that one causes the other."


def notes(table: pd.DataFrame, about: Mapping[str, Any], *, more: Mapping[str, str] | None = None) -> list[Note]:
    """Return (lead, text) pairs in their fixed order; `more` adds to or replaces what the table itself tells."""
    found = {"Source": f"program records to {words.period(str(about['records_to']))}, version {about['version']}."}
    if about.get("noise"):
        found["Source"] += " Numbers carry deliberate noise and are rounded."
    if hidden := hidden_words(table, about):
        found["Hidden"] = hidden
    if apart := " ".join(text for text in (left_out(table), _where_lines_stop(table)) if text):
        found["Not shown"] = apart
    for lead, text in (more or {}).items():
        if text:
            # Whom a figure leaves out comes before where its lines stop.
            found[lead] = (
                " ".join((text, found[lead]) if lead == "Not shown" else (found[lead], text)) if lead in found else text
            )
    return [(lead, found[lead]) for lead in ORDER if lead in found]


def left_out(table: pd.DataFrame) -> str:
    """Return whom a figure leaves out, from the count rows beside a curve."""
    counts = table[table["stat"].eq("count") & table["series"].isin(list(LEFT_OUT)) & table["status"].eq("shown")]
    numbers = dict(zip(counts["series"], counts["estimate"], strict=True))
    said = [f"{words.people(numbers[code])} {phrase}" for code, phrase in LEFT_OUT.items() if code in numbers]
    return f"{words.joined(said)}." if said else ""


def hidden_words(table: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Return how many groups are hidden and why, and what '~' means if it is used."""
    drawn = table[table["shape"].ne("")]
    shown = drawn[drawn["status"].isin(["shown", "rough"])]
    keys = ["grouping", "level", "series"]
    hidden = drawn[drawn["status"].eq("hidden")]
    gone = hidden[~hidden.set_index(keys).index.isin(shown.set_index(keys).index)]
    parts = []
    if not gone.empty:
        groups = gone[keys].drop_duplicates()
        total = drawn[keys].drop_duplicates()
        # A share is also withheld where few of a larger group stayed, or few left: the group itself need not be small.
        small = gone["reason"].eq("below_threshold").any()
        which = "this group" if len(total) == 1 else f"{len(groups)} of {len(total)} groups"
        rests = "it rests on" if len(groups) == 1 else "they rest on"
        why = f"because {rests}, or would give away, a count of fewer than {about['floor']} people"
        parts.append(f"{which}, {why if small else 'with too few people for a figure'}.")
    if drawn["status"].eq("rough").any():
        few = f"fewer than {about['rough_below']}" if about.get("rough_below") else "few"
        parts.append(f"~ rests on {few} people, so the figure is rough.")
    return " ".join(parts)


def answered(table: pd.DataFrame, series: str, what: str) -> str:
    """Return 'n of m people still in on day 30 have no early score', from the response rate table."""
    rows = table[table["series"].eq(series) & table["status"].isin(["shown", "rough"])]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    if pd.notna(row["events"]) and pd.notna(row["n"]) and row["source"] == "live":
        # The difference of two printed counts is not a printed count: a release says the share alone.
        without = words.number(row["n"] - row["events"])
        return f"{without} of {words.number(row['n'])} people still in on day 30 have no {what} score."
    return f"{words.percent(1 - row['estimate'])} of people still in on day 30 have no {what} score."


def _where_lines_stop(table: pd.DataFrame) -> str:
    """Return from which month a stepped line is not drawn because too few people are followed."""
    shown = table[table["shape"].isin(["step", "line"]) & table["status"].isin(["shown", "rough"])]
    ends = shown.groupby("level")["x"].max()
    late = table[table["status"].eq("hidden") & table["level"].isin(ends.index)]
    late = late[late["x"] > late["level"].map(ends)]
    if late.empty:
        return ""
    last = ends[late["level"].unique()].min()
    return f"Lines stop where too few people are still being followed (from month {int(last // MONTH) + 1})."
