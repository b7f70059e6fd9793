"""What an instrument is: its scoring key, how its scores are read and what is not confirmed about it.

A key is numbers only: how many items, which range, which items are reversed, which form a subscale.
The wording of items is never kept. `pipelines.score` is the one engine that applies a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Aggregate = Literal["sum", "mean", "mean_times"]
MissingRuleSource = Literal["instrument", "product default"]
Refusal = Literal["no_answers", "too_many_missing", "out_of_range", "unknown_item"]

AGGREGATES: tuple[str, ...] = ("sum", "mean", "mean_times")
MISSING_RULE_SOURCES: tuple[str, ...] = ("instrument", "product default")
REFUSALS: dict[str, str] = {
    "no_answers": "no item was answered and no total was reported",
    "too_many_missing": "more answers are missing than the rule for missing answers allows",
    "out_of_range": "an answer or the reported total is outside the instrument's range",
    "unknown_item": "an item number is not one of the instrument's",
}
"""Why a questionnaire has no score; the first that applies, in the order unknown_item, out_of_range, no_answers,
too_many_missing."""
CONSTRUCTS: dict[str, str] = {
    "empathy": "empathy of the coach as the person sees it",
    "alliance": "alliance between person and coach",
    "empowerment": "empowerment",
    "self_efficacy": "self-efficacy",
    "recovery_capital": "recovery capital",
    "quality_of_life": "quality of life",
    "symptoms": "symptoms",
    "other": "something else",
}
SCORING_FACTS: dict[str, str] = {
    "n_items": "the number of items",
    "item_range": "the range of an answer",
    "item_numbers": "the numbering of the items",
    "reversed": "which items are reversed",
    "subscales": "which items form which subscale",
    "total": "how the total is formed",
    "missing_rule": "the rule for missing answers",
}
"""Facts a score rests on: while one of them is not confirmed, the instrument is not verified."""
OTHER_FACTS: dict[str, str] = {
    "alpha": "the reliability",
    "norms": "the published means",
    "cutoffs": "the cut-offs",
    "reliable_change": "the published reliable change",
    "minimal_important_difference": "the smallest difference that matters to people",
    "licence": "the licence",
}
"""Facts that may need confirming although every score is right without them."""


@dataclass(frozen=True, slots=True)
class Norm:
    """A published mean on the instrument's own scale: standard deviation, people, and who they were."""

    mean: float
    population: str
    sd: float | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A published threshold on the instrument's own scale and what its source says of it."""

    at: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: one answer per item in order, None where missing, and what the key makes of them.

    Either `total` and `pomp` are given, or `refused` says why there is no score. `subscales` holds
    every subscale that can be scored; one that is not named has no score.
    """

    working: str
    answers: tuple[float | None, ...]
    n_missing: int
    total: float | None = None
    pomp: float | None = None
    refused: str | None = None
    subscales: Mapping[str, float] = field(default_factory=dict)
    prorated: bool = False
    at_ceiling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One instrument of the registry; scores run from `scale_min` to `scale_max` on its own scale.

    `construct` is a key of CONSTRUCTS, `raters` are those of `schema.RATERS` it may be answered by,
    the first being the usual one. A score below `display_bands[0]` is in the lower band, one from
    `display_bands[1]` in the higher; the bands are for display and are not clinical.
    """

    instrument_id: str
    name: str
    short_name: str
    construct: str
    version: str
    n_items: int
    item_min: float
    item_max: float
    aggregate: Aggregate
    higher_is_better: bool
    max_missing: int
    missing_rule_source: MissingRuleSource
    display_bands: tuple[float, float]
    early_min_ratings: int
    licence: str
    source: str
    verified: bool
    examples: tuple[Example, ...]
    factor: float | None = None
    subscale_aggregate: Aggregate = "sum"
    reversed: tuple[int, ...] = ()
    subscales: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    max_missing_per_subscale: Mapping[str, int] = field(default_factory=dict)
    total_needs_every_subscale: bool = False
    raters: tuple[str, ...] = ("participant",)
    alpha: float | None = None
    alpha_note: str = ""
    subscale_alpha: Mapping[str, float] = field(default_factory=dict)
    retest: float | None = None
    retest_note: str = ""
    reliable_change: float | None = None
    minimal_important_difference: float | None = None
    norms: tuple[Norm, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    citation: str = ""
    unverified: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def multiplier(self) -> float:
        """What the mean answer is multiplied by to give the total: the number of items for a sum, 1 for a mean."""
        return self._multiplier(self.aggregate, self.n_items)

    def subscale_multiplier(self, subscale: str) -> float:
        """What the mean answer of a subscale is multiplied by to give its score; KeyError if there is no such one."""
        return self._multiplier(self.subscale_aggregate, len(self.subscales[subscale]))

    def _multiplier(self, aggregate: Aggregate, n_items: int) -> float:
        if aggregate == "sum":
            return float(n_items)
        return 1.0 if aggregate == "mean" else float(self.factor or 1)

    @property
    def scale_min(self) -> float:
        """Lowest possible total."""
        return self.item_min * self.multiplier

    @property
    def scale_max(self) -> float:
        """Highest possible total."""
        return self.item_max * self.multiplier

    def subscale_range(self, subscale: str) -> tuple[float, float]:
        """Return the lowest and highest possible score of a subscale; KeyError if there is no such subscale."""
        multiplier = self.subscale_multiplier(subscale)
        return self.item_min * multiplier, self.item_max * multiplier

    @property
    def reported_tolerance(self) -> float:
        """How far a reported total may lie from the one worked out: half a unit of the last place usually printed."""
        return 0.5 if self.scale_max - self.scale_min >= 20 else 0.05

    @property
    def caution_text(self) -> str:
        """The sentence to show wherever a score appears while its key is not confirmed; empty once it is."""
        if self.verified:
            return ""
        facts = _listed([SCORING_FACTS[fact] for fact in self._unverified_scoring])
        return (
            f"The scoring key of {self.short_name} is not confirmed yet ({facts}): "
            "confirm it with the instrument's manual before relying on these scores."
        )

    @property
    def unconfirmed_text(self) -> str:
        """Every fact of the instrument's file that still has to be confirmed, as one sentence; empty if none."""
        words = {**SCORING_FACTS, **OTHER_FACTS}
        if self.missing_rule_source == "product default":
            words["missing_rule"] = "whether the instrument has a rule of its own for missing answers"
        facts = _listed([words[fact] for fact in self.unverified])
        return f"Confirm with the manual of {self.short_name}: {facts}." if facts else ""

    @property
    def missing_rule_text(self) -> str:
        """How many answers may be missing, and whose rule that is, as one sentence."""
        allowed = "No answer may be missing" if not self.max_missing else self._allowed_missing()
        whose = "the instrument's rule"
        if self.missing_rule_source == "product default":
            whose = "product default, not the instrument's"
        elif "missing_rule" in self.unverified:
            whose = "the instrument's rule, not confirmed yet"
        return f"{allowed} ({whose})."

    def _allowed_missing(self) -> str:
        most = set(self.max_missing_per_subscale.values())
        each = f", {most.pop()} in each subscale" if self.total_needs_every_subscale and len(most) == 1 else ""
        return f"At most {self.max_missing} of {self.n_items} answers may be missing{each}"

    @property
    def _unverified_scoring(self) -> list[str]:
        return unverified_scoring(self.unverified, self.missing_rule_source)


def unverified_scoring(unverified: tuple[str, ...], missing_rule_source: str) -> list[str]:
    """Return those of `unverified` that the score itself rests on.

    A product default for missing answers is ours and needs no confirming; that the instrument has
    no rule of its own may still need it, but no score rests on that.
    """
    ours = {"missing_rule"} if missing_rule_source == "product default" else set()
    return [fact for fact in unverified if fact in SCORING_FACTS and fact not in ours]


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
