"""The checks of a load for the four large tables, as one would write them in pandas: the other side of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pipelines import schema
from pipelines.instruments import load_registry

DAY = "%Y-%m-%d"


def checked_tables(source: Path) -> Iterator[tuple[str, pd.DataFrame, pd.Series]]:
    """Yield name, typed rows and which of them are kept of participants, episodes, sessions and assessments."""
    people = _read(source, "participants")
    kept = _typed(people, schema.PARTICIPANTS)
    yield "participants", people, kept
    known_people = set(people.loc[kept, "participant_id"])
    del people

    episodes = _read(source, "episodes")
    kept = _typed(episodes, schema.EPISODES) & episodes["participant_id"].isin(known_people)
    kept &= episodes["site_id"].isin(set(_read(source, "sites")["site_id"]))
    kept &= episodes["extract_date"] >= episodes["enrolled_date"]
    yield "episodes", episodes, kept
    bounds = episodes.loc[kept, ["episode_id", "enrolled_date", "extract_date"]].set_index("episode_id")
    del episodes

    sessions = _read(source, "sessions")
    kept = _typed(sessions, schema.SESSIONS) & sessions["episode_id"].isin(bounds.index)
    first, last = _bounds(sessions, bounds)
    attended, held = sessions["status"] == "attended", sessions["occurred_date"]
    kept &= ~(attended & held.isna()) & ~(held > last) & ~(held.fillna(sessions["scheduled_date"]) < first)
    yield "sessions", sessions, kept
    del sessions, held, attended

    forms = _read(source, "assessments")
    kept = _typed(forms, schema.ASSESSMENTS) & forms["episode_id"].isin(bounds.index)
    first, last = _bounds(forms, bounds)
    answered = forms["status"].isin(["complete", "partial"])
    kept &= (forms["date"] >= first) & ~(answered & (forms["date"] > last))
    ranges = {one.instrument_id: (one.scale_min, one.scale_max) for one in load_registry(None).values()}
    low = forms["instrument_id"].map({name: limits[0] for name, limits in ranges.items()})
    high = forms["instrument_id"].map({name: limits[1] for name, limits in ranges.items()})
    kept &= low.notna() & ~(forms["total"] < low) & ~(forms["total"] > high)
    alike = ["episode_id", "instrument_id", "instrument_version", "rater", "date", "wave", "session_id"]
    kept &= ~(forms[answered & kept].duplicated(alike).reindex(forms.index, fill_value=False))
    yield "assessments", forms, kept


def _read(source: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(source / f"{name}.csv", dtype=str)


def _bounds(rows: pd.DataFrame, bounds: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return enrolment and extract of the episode of each row."""
    return rows["episode_id"].map(bounds["enrolled_date"]), rows["episode_id"].map(bounds["extract_date"])


def _typed(rows: pd.DataFrame, table: schema.Table) -> pd.Series:
    """Turn the text of `rows` into numbers and dates in place; return which rows have no cell out of order."""
    key = table.incoming[0].incoming
    kept = rows[key].notna() & ~rows[key].duplicated()
    for column in table.incoming:
        name = str(column.incoming)
        if name not in rows:
            continue
        text = rows[name]
        if column.required:
            kept &= text.notna()
        if column.transform in ("integer", "number", "age_band"):
            rows[name] = pd.to_numeric(text, errors="coerce")
            kept &= text.isna() | rows[name].notna()
            if column.minimum is not None:
                kept &= text.isna() | rows[name].between(column.minimum, column.maximum)
        elif column.transform in ("day", "quarter"):
            rows[name] = pd.to_datetime(text, format=DAY, errors="coerce")
            kept &= text.isna() | rows[name].notna()
        elif column.transform in ("category", "flag") and column.allowed and "unknown" not in column.allowed:
            kept &= text.isna() | text.isin(column.allowed)
    return kept
