"""The risk report of a release: what an expert needs to judge whether its numbers could point to a person.

One page of Markdown per release, for the operator and the operator's own expert (45 CFR 164.514(b)(1)); it lies beside
the ledger and is not for publication, because it says how alike the people in the records are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from pipelines.disclosure.coin import LIMIT, Coin
from pipelines.disclosure.spec import LIMITS, LOWER_IS_TIGHTER, OVERRIDABLE, Spec

MEANING = {
    "threshold": "fewest people behind any number",
    "noise": "widest noise of a count",
    "rounding": "step to which counts are rounded",
    "printed_minimum": "smallest printed count",
    "variables": "most variables crossed, an outcome being one",
    "outcomes": "most outcomes",
    "rate_base": "fewest printed people of a share",
    "low_precision": "printed people below which a share is marked rough",
    "mean_people": "fewest people of a mean",
    "curve_step": "fewest people behind a step of a curve",
    "curve_at_risk": "fewest people still followed at a point of a curve",
    "coaches": "fewest coaches behind an outcome or an activity figure",
    "coach_share": "largest share of one coach in its sessions",
    "block": "fewest people of a cohort",
}
NOT_DONE = (
    "It is not differential privacy. Whoever knows everybody else's outcome guesses one person's better than chance.",
    "Each outcome that is published adds a little to what can be learned; nested ones share people.",
    "Where an outcome is hidden in a large group that is shown, nearly everybody or nearly nobody has it.",
    "A shown group of which exactly two parts are hidden has somebody in both.",
    "Corrections, and consent withdrawn later, reach published numbers only when a whole cohort is published anew.",
    "The rules were studied on synthetic records.",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found while a release was built."""

    version: str
    release_id: str
    records_to: str
    left_out: Mapping[str, str]
    outcomes_left_out: Sequence[str]
    shown: Mapping[str, tuple[int, int]]
    coin: Coin
    alone: float
    in_small_classes: float
    checks: Sequence[str]
    split_before: int = -1


def risk_report(spec: Spec, found: Evidence) -> str:
    """Return the report as Markdown; it holds no code, no true count of a cell and no key."""
    parts = (_what(spec, found), _rules(spec), _tests(found), _records(found), _limits(), _expert(found))
    return "\n".join(line for part in parts for line in part) + "\n"


def _what(spec: Spec, found: Evidence) -> Iterator[str]:
    yield f"# Risk report of {found.version}"
    yield ""
    yield "Internal. For the operator and the operator's own expert; not for publication."
    yield ""
    yield f"Release `{found.release_id}`, records to {found.records_to}. {spec.population.capitalize()}."
    yield ""
    yield "| declared | categories |"
    yield "|---|---|"
    yield from (f"| {item.name} | {', '.join(item.categories)} |" for item in spec.dimensions)
    yield f"| outcomes | {', '.join(item.name for item in spec.outcomes) or 'none'} |"
    yield f"| means | {', '.join(item.name for item in spec.means) or 'none'} |"
    yield ""
    yield from (f"Left out: {cohort}, which {reason}." for cohort, reason in found.left_out.items())
    yield from (f"Left out: the outcome {name}; with it the test below failed." for name in found.outcomes_left_out)
    yield ""
    yield "| table | shown | declared |"
    yield "|---|---|---|"
    yield from (f"| {name} | {shown:,} | {declared:,} |" for name, (shown, declared) in found.shown.items())
    yield ""


def _rules(spec: Spec) -> Iterator[str]:
    yield "## Rules and their values"
    yield ""
    yield "| rule | value | usual | may be changed |"
    yield "|---|---|---|---|"
    for item in fields(spec.parameters):
        value, usual = getattr(spec.parameters, item.name), getattr(LIMITS, item.name)
        way = "tighter: lower" if item.name in LOWER_IS_TIGHTER else "tighter: higher"
        if item.name in OVERRIDABLE:
            way += "; looser only by a named override"
        yield f"| {MEANING[item.name]} | {value:g} | {usual:g} | {way} |"
    yield ""
    if spec.overrides:
        yield "Overrides, as printed in the release:"
        yield ""
        yield from (
            f"- {one.parameter} = {one.value:g}: {one.reason} ({one.name}, {one.date})" for one in spec.overrides
        )
    else:
        yield "No rule was loosened by an override."
    yield ""


def _tests(found: Evidence) -> Iterator[str]:
    yield "## What was tested before this release was published"
    yield ""
    yield (
        "- Everybody was given a made-up secret, which was published by these rules; the best attacker known to us, "
        "who knows every category of everybody, then ranked people by it. Area under the curve "
        f"{found.coin.coin:.2f} for a fair coin and {found.coin.shuffled:.2f} for shuffled outcomes; 0.50 is "
        f"guessing, the limit is {LIMIT}. Noise up to {found.coin.noise}; {_split(found)}."
    )
    yield "- Every printed number was held against the truth: thresholds, largest error, rounding, bases, coaches."
    yield "- Least and most of every cell were carried through all sums of the release: no hidden count follows."
    yield from (f"- As a stranger: {sentence}" for sentence in found.checks)
    yield ""
    yield (
        "Beyond this release, twelve attacks that succeed against naive tables fail against these rules at 1,000, "
        "3,000 and 10,000 people (`docs/attacks.md`), and every rule, when it is broken in a copy of the software, "
        "makes a test fail (`docs/mutations.md`)."
    )
    yield ""


def _split(found: Evidence) -> str:
    variables = found.coin.outcome_variables
    if found.split_before > variables:
        kept = "; those that earlier releases hold stay as they were, being public already"
        return "no new outcomes are published" + (" by pairs of dimensions" if variables == 1 else "") + kept
    if variables < 0:
        return "no outcomes are published, because no setting was safe enough"
    return "outcomes are split by one dimension" + ("" if variables == 1 else " and by the declared pairs")


def _records(found: Evidence) -> Iterator[str]:
    yield "## How alike the people in the records are"
    yield ""
    yield (
        f"By all declared categories together {found.alone:.0%} of people are alone in theirs and "
        f"{found.in_small_classes:.0%} are in groups under 11. The records themselves stay confidential (42 CFR Part "
        "2); this is why nothing of them leaves but the numbers above."
    )
    yield ""


def _limits() -> Iterator[str]:
    yield "## What the rules do not do"
    yield ""
    yield from (f"- {text}" for text in NOT_DONE)
    yield ""


def _expert(found: Evidence) -> Iterator[str]:
    yield "## Determination"
    yield ""
    yield (
        "The software makes no determination. A person with knowledge of statistical principles for making information "
        "not individually identifiable decides whether the risk is very small, for the recipients and the means they "
        "reasonably have, and documents the method and the result."
    )
    yield ""
    yield f"Release: {found.release_id}  "
    yield "Recipients and their means:  "
    yield "Determination, name, date:  "
