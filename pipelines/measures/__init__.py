"""The registry of measures: one entry each, words and declarations only; `pipelines.estimators` work them out."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.measures import (
    after_coaching,
    arrows,
    by_session,
    caseload,
    changes,
    engagement,
    interaction,
    leaving,
    missing_scores,
    pathways,
    people,
    reasons,
    scores,
    staying,
    subgroups,
    trajectories,
    units,
    within,
)
from pipelines.measures.entry import Axis, Exposure, Measure

__all__ = ["MEASURES", "Axis", "Exposure", "Measure", "entry"]

MEASURES: Mapping[str, Measure] = {
    measure.id: measure
    for measure in (
        *people.ENTRIES,
        *staying.ENTRIES,
        *leaving.ENTRIES,
        *scores.ENTRIES,
        *engagement.ENTRIES,
        *caseload.ENTRIES,
        *changes.ENTRIES,
        *after_coaching.ENTRIES,
        *units.ENTRIES,
        *trajectories.ENTRIES,
        *pathways.ENTRIES,
        *reasons.ENTRIES,
        *arrows.ENTRIES,
        *missing_scores.ENTRIES,
        *subgroups.ENTRIES,
        *interaction.ENTRIES,
        *by_session.ENTRIES,
        *within.ENTRIES,
    )
}
"""Every measure by its identifier."""


def entry(measure: str) -> Measure:
    """Return the entry of a measure; KeyError if there is none."""
    return MEASURES[measure]
