"""Whether there is anything to show for the filters that are on: nobody, too few, a small group, or enough people."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard import words
from dashboard.ui import data, states

SMALL = 20
"""Below this many people nothing is compared and no curve is drawn."""


def people(where: data.Where) -> Literal["enough", "small"]:
    """Return how far the figures may go; says why and stops the page where there is nothing to show."""
    status, reason, count = data.kept(_counted, where)
    if status == "hidden":
        states.hidden(int(data.about()["floor"]))
        st.stop()
    if reason == "no_people":
        states.empty()
        st.stop()
    if status not in ("shown", "rough"):
        states.not_released()
        st.stop()
    if count < SMALL:
        states.small_group(words.people(count), SMALL)
        return "small"
    return "enough"


def _counted(where: data.Where) -> tuple[str, str, float]:
    """Return status and reason of the count of people, and the count."""
    table = data.ask("people_enrolled", where=where)
    rows = table[table["series"].eq("") & table["stat"].eq("count")]
    if rows.empty:
        return "not_applicable", "", float("nan")
    return str(rows["status"].iloc[0]), str(rows["reason"].iloc[0]), float(rows["estimate"].iloc[0])
