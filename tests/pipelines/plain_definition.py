"""The definition of leaving and the estimators again, one person and one day at a time, straight from their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.warehouse import Reader


@dataclass(frozen=True)
class Episode:
    """What the definition needs of one episode; days since day 0."""

    enrolled: int
    first_attended: int | None
    last_attended: int | None
    last_contact: int
    extract: int
    exit_day: int | None
    exit_cause: int | None


def plain_outcome(episode: Episode, gap: int, clock: str, contacts: str) -> tuple[str, int | None, int | None]:
    """Return state, day and cause of one episode, straight from the words of the definition."""
    zero = episode.enrolled if clock == "enrolment" else episode.first_attended
    if zero is None:
        return "never_attended", None, None
    end = episode.extract - zero - gap
    if end < 1:
        return "immature", None, None
    if episode.exit_cause in (2, 3, 4):
        day = episode.exit_day - zero
        if day <= end:
            return "followed", max(1, day), episode.exit_cause
        return "followed", end, 0
    last = episode.last_attended if contacts == "attended" else episode.last_contact
    if last is None:
        last = episode.enrolled
    if last - zero + 1 <= end:
        return "followed", max(1, last - zero + 1), 1
    return "followed", end, 0


def plain_people(
    asked: Reader, gap: int = 30, clock: str = "first_session", contacts: str = "any", *, everybody: bool = False
) -> pd.DataFrame:
    """Return first episodes, or all with `everybody`, with `state`, `t`, `cause` and traits by the plain definition."""
    rows = asked.table("select * from mart_episodes where $everybody or is_first", {"everybody": everybody})

    def whole(value: object) -> int | None:
        return None if pd.isna(value) else int(value)

    told = [
        plain_outcome(
            Episode(
                int(row.enrolled_day),
                whole(row.first_attended_day),
                whole(row.last_attended_day),
                int(row.last_contact_day),
                int(row.extract_day),
                whole(row.exit_day),
                whole(row.exit_cause),
            ),
            gap,
            clock,
            contacts,
        )
        for row in rows.itertuples()
    ]
    rows["state"] = [state for state, _, _ in told]
    rows["t"] = [float("nan") if t is None else t for _, t, _ in told]
    rows["cause"] = [float("nan") if cause is None else cause for _, _, cause in told]
    return rows


def plain_incidence(days: Sequence[int], causes: Sequence[int], upto: int) -> tuple[float, dict[int, float]]:
    """Return the share still here and the cumulative incidence of each cause by day `upto`, day by day."""
    still, incidence = 1.0, dict.fromkeys((1, 2, 3, 4), 0.0)
    people = list(zip(days, causes, strict=True))
    for day in range(1, upto + 1):
        at_risk = sum(1 for t, _ in people if t >= day)
        if not at_risk:
            continue
        leaving = [cause for t, cause in people if t == day and cause > 0]
        for cause in incidence:
            incidence[cause] += still * leaving.count(cause) / at_risk
        still *= 1 - len(leaving) / at_risk
    return still, incidence
