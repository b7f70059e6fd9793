"""Which cohorts and outcomes are ready: blocks, the ranges of them, and for which of these a measure is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.disclosure import noise
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.spec import COHORT, LANDMARK_DAY, NEVER_ATTENDED, PEOPLE, Parameters, Range, Spec
from pipelines.disclosure.truth import Truth
from pipelines.faults import Fault, InputFault


@dataclass(frozen=True, slots=True)
class Period:
    """A block, or a range of blocks, under its label."""

    label: str
    blocks: tuple[str, ...]
    fingerprint: bytes

    @property
    def is_range(self) -> bool:
        """Whether the label names several blocks; a single block uses up one of the crossed variables."""
        return len(self.blocks) > 1


def settle(truth: Truth, ledger: Ledger, records_to: str, listed: Sequence[str] = ()) -> tuple[Spec, dict[str, str]]:
    """Return the declaration with its blocks, ranges and periods, and why each cohort left out was left out.

    A block is a half-year that has ended, whose people have all been followed beyond the landmark day, and that holds
    enough of them; one that was published stays. `listed` are the cohorts asked for, all if empty. Raises InputFault if
    a listed block, or every block, falls short.
    """
    spec = truth.spec
    before = {block for measure, block in ledger.blocks if measure == PEOPLE}
    blocks, left_out = [], {}
    for cohort in spec.dimension(COHORT).categories:
        reason = "" if cohort in before else _not_ready(cohort, truth, spec.parameters, records_to)
        if not reason and (not listed or cohort in listed or cohort in before):
            blocks.append(cohort)
        else:
            left_out[cohort] = reason or "not declared"
    remedy = "Wait until more people have been followed longer, or take it out of the declaration."
    short = [cohort for cohort in listed if cohort not in blocks]
    if short:
        raise InputFault([Fault(f"cohort {name}", left_out.get(name, "holds nobody"), remedy) for name in short])
    if not blocks:
        faults = [Fault(f"cohort {name}", reason, remedy) for name, reason in left_out.items()]
        raise InputFault([Fault("the release", "would hold no cohort that is complete", remedy), *faults])
    mature = {
        item.name: tuple(b for b in blocks if _is_mature(b, item.name, item.day, truth, ledger))
        for item in spec.outcomes
    }
    everyone = tuple(blocks)
    ranges = {text: found for found in (everyone, *mature.values()) if len(found) > 1 and (text := range_label(found))}
    with_range = {
        found: (*found, *(text for text, of in ranges.items() if of == found)) for found in {everyone, *mature.values()}
    }
    periods = {
        PEOPLE: (*blocks, *ranges),
        NEVER_ATTENDED: with_range[everyone],
        spec.endpoint: with_range[everyone],
        **{mean.name: with_range[everyone] for mean in spec.means},
        **{name: with_range[found] for name, found in mature.items()},
    }
    dimensions = tuple(replace(item, categories=everyone) if item.name == COHORT else item for item in spec.dimensions)
    settled = replace(
        spec,
        dimensions=dimensions,
        ranges=tuple(Range(text, found) for text, found in ranges.items()),
        periods=periods,
    )
    return settled, left_out


def _not_ready(cohort: str, truth: Truth, parameters: Parameters, records_to: str) -> str:
    """Return why a cohort cannot be a block yet, empty if it can; never a count."""
    year, half = cohort.split("-H")
    if f"{year}-Q{2 * int(half)}" > records_to:
        return "has not ended in these records"
    people = truth.values[PEOPLE][truth.members((cohort,))].sum()
    if people < parameters.block:
        return f"holds fewer than {parameters.block} people"
    if truth.shortest_follow_up[cohort] <= LANDMARK_DAY:
        return f"holds somebody who could not be followed beyond day {LANDMARK_DAY}"
    return ""


def _is_mature(block: str, outcome: str, day: int, truth: Truth, ledger: Ledger) -> bool:
    """Tell whether an outcome is known for everybody of a block, or was published for it."""
    return (outcome, block) in ledger.blocks or truth.shortest_follow_up[block] >= day


def range_label(blocks: Sequence[str]) -> str:
    """Return the label of several blocks, naming first and last of each unbroken run: '2023-H1..2024-H2'."""
    runs: list[list[str]] = []
    for block in blocks:
        if runs and _next_half(runs[-1][-1]) == block:
            runs[-1].append(block)
        else:
            runs.append([block])
    return "+".join(run[0] if len(run) == 1 else f"{run[0]}..{run[-1]}" for run in runs)


def _next_half(cohort: str) -> str:
    """Return the half-year after one: 2024-H2 after 2024-H1, 2025-H1 after 2024-H2."""
    year, half = cohort.split("-H")
    return f"{year}-H2" if half == "1" else f"{int(year) + 1}-H1"


def periods_of(spec: Spec, truth: Truth, key: bytes, measure: str) -> list[Period]:
    """Return the blocks and ranges for which a measure is published, with their fingerprints."""
    ranges = {item.label: item.blocks for item in spec.ranges}
    found = []
    for text in (spec.periods or {}).get(measure, ()):
        blocks = ranges.get(text, (text,))
        prints = [truth.fingerprints[block] for block in blocks]
        whole = noise.fingerprint_range(key, prints) if len(prints) > 1 else prints[0]
        found.append(Period(text, blocks, whole))
    return found
