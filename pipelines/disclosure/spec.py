"""What a release may contain, declared: dimensions, outcomes, curve, means and the parameters of the gate.

The declaration is public and travels inside the release. Everything outside it does not exist: a request or a
record that does not fit is an error. Limits are those of the floors; a setting may only be tightened.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, TypeVar

from pipelines.disclosure.floors import RELEASE
from pipelines.faults import Fault, InputFault

Part = TypeVar("Part")

FORMAT = 1
COHORT = "cohort"
BANDS = ("alliance_band", "self_efficacy_band")
RATED = ("lower", "middle", "higher")
LANDMARK_DAY = 30
PEOPLE = "people"
NEVER_ATTENDED = "never_attended"
COUNTS = (PEOPLE, NEVER_ATTENDED)
"""Measures that are numbers of people in themselves; all others rest on the printed number of people."""
DIMENSION_NAMES = (
    COHORT,
    "site",
    "age_band",
    "gender",
    "primary_substance",
    "referral_source",
    "housing",
    *BANDS,
)
OPEN_LISTS = (COHORT, "site")
"""Dimensions whose categories come from the records and are frozen into the release."""
OUTCOME_KINDS = ("left_early", "completed", "engaged", "lasting_change")
MEAN_KINDS = ("alliance", "self_efficacy", "attended", "due")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers of the gate; people, except `rounding`, `variables`, `outcomes` and the shares `coach_share`."""

    threshold: int = RELEASE.count
    noise: int = 8
    rounding: int = 5
    printed_minimum: int = 15
    variables: int = 3
    outcomes: int = 8
    rate_base: int = RELEASE.share_people
    low_precision: int = RELEASE.rough_below
    mean_people: int = 30
    curve_step: int = RELEASE.curve_step_events
    curve_at_risk: int = RELEASE.curve_at_risk
    coaches: int = 3
    coach_share: float = 0.70
    block: int = 50

    @property
    def largest_error(self) -> int:
        """Most by which a printed count can differ from the true one: the noise and half a rounding step."""
        return self.noise + self.rounding // 2

    @property
    def variance(self) -> float:
        """Variance of a printed count around the true one: triangular noise, then rounding."""
        return self.noise * (self.noise + 2) / 6 + (self.rounding**2 - 1) / 12


LIMITS = Parameters()
LOWER_IS_TIGHTER = ("variables", "outcomes", "coach_share")
OVERRIDABLE: Mapping[str, int] = {"noise": 5, "variables": 4}
"""Parameters that a named override may loosen, and how far."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A declared dimension with its closed list of categories in fixed order."""

    name: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A yes-or-no outcome known once everybody has been followed for `day` days since the first session."""

    name: str
    kind: Literal["left_early", "completed", "engaged", "lasting_change"]
    day: int


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of values clipped to the public bounds `low` to `high`; empty bounds are the instrument's."""

    name: str
    kind: Literal["alliance", "self_efficacy", "attended", "due"]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """Who loosened which number, to what, why and when; printed in the release."""

    parameter: str
    value: float
    name: str
    reason: str
    date: str


@dataclass(frozen=True, slots=True)
class Range:
    """Several blocks taken together under a label that names them."""

    label: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """The whole declaration; `ranges` and `periods` are filled when a release is built.

    `periods` maps a measure to the labels of the cohort dimension for which it is published: complete blocks
    and the range of them.
    """

    population: str
    dimensions: tuple[Dimension, ...]
    outcomes: tuple[Outcome, ...]
    means: tuple[Mean, ...]
    endpoint: str
    grid: tuple[int, ...]
    pairs: tuple[tuple[str, str], ...]
    parameters: Parameters
    overrides: tuple[Override, ...] = ()
    ranges: tuple[Range, ...] = ()
    periods: Mapping[str, tuple[str, ...]] | None = None

    def dimension(self, name: str) -> Dimension:
        """Return the declared dimension called `name`; KeyError if there is none."""
        for declared in self.dimensions:
            if declared.name == name:
                return declared
        raise KeyError(name)

    def left_early_by(self, day: int) -> str | None:
        """Return the outcome that is leaving early by `day`, None if it is not declared."""
        return next((item.name for item in self.outcomes if item.kind == "left_early" and item.day == day), None)

    @property
    def crossable(self) -> tuple[Dimension, ...]:
        """Every dimension but the cohort, in declared order."""
        return tuple(dimension for dimension in self.dimensions if dimension.name != COHORT)

    def crossings(self, variables: int) -> Iterator[tuple[str, ...]]:
        """Yield every set of at most `variables` dimensions other than the cohort, smallest first."""
        names = [dimension.name for dimension in self.crossable]
        for size in range(variables + 1):
            yield from combinations(names, size)

    def outcome_crossings(self, variables: int, *, within_block: bool) -> Iterator[tuple[str, ...]]:
        """Yield every set of dimensions, other than the cohort, by which an outcome is split.

        `variables` is 2 (one dimension, or a declared pair), 1 (one dimension) or -1 (no outcome); within a block
        the cohort is one of them already.
        """
        if within_block:
            yield from [()] * (variables >= 1)
            yield from [(other,) for first, other in self.pairs if first == COHORT and variables >= 2]
        else:
            yield from self.crossings(min(variables, 1))
            yield from [pair for pair in self.pairs if COHORT not in pair and variables >= 2]

    def text(self) -> str:
        """Return the declaration as canonical JSON, the form that travels in the release."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True, ensure_ascii=False)


def label(categories: Mapping[str, str]) -> str:
    """Return the canonical text of a cell: its dimensions in fixed order, those that are 'all' left out.

    Leaving them out says the same as a star and keeps every published label when a dimension is added.
    """
    return ";".join([f"{name}={categories[name]}" for name in DIMENSION_NAMES if name in categories])


def load_spec(path: Path | None = None) -> Spec:
    """Return the declaration in `path`, else the packaged one; InputFault with every fault found."""
    where = "spec.toml" if path is None else str(path)
    try:
        source = resources.files("pipelines.disclosure").joinpath("spec.toml") if path is None else path
        given = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        fault = Fault(where, "cannot be read as a TOML file", "Start from the packaged spec.toml.")
        raise InputFault(fault) from None
    return _spec(given, where)


def spec_from_text(text: str) -> Spec:
    """Return the declaration that a release carries; InputFault if it is of another format or breaks a limit."""
    given = json.loads(text)
    ranges = tuple(Range(item["label"], tuple(item["blocks"])) for item in given.pop("ranges"))
    periods = {name: tuple(labels) for name, labels in (given.pop("periods") or {}).items()}
    translated = {
        "format": given["format"],
        "population": given["population"],
        "dimension": given["dimensions"],
        "outcome": given["outcomes"],
        "mean": [{key: value for key, value in mean.items() if value is not None} for mean in given["means"]],
        "survival": {"endpoint": given["endpoint"], "grid": given["grid"]},
        "outcome_pairs": given["pairs"],
        "parameters": given["parameters"],
        "privacy_override": given["overrides"],
    }
    return replace(_spec(translated, "the release's declaration"), ranges=ranges, periods=periods)


def _spec(given: Mapping[str, Any], where: str) -> Spec:
    """Return a checked declaration from its TOML form."""
    faults: list[Fault] = []
    known = (
        "format",
        "population",
        "dimension",
        "outcome",
        "mean",
        "survival",
        "outcome_pairs",
        "parameters",
        "privacy_override",
    )
    faults += [Fault(where, f"has an unknown part {name}", "Remove it.") for name in given if name not in known]
    if given.get("format") != FORMAT:
        faults.append(Fault(where, f"is not of format {FORMAT}", "Start from the packaged spec.toml."))
    overrides = _parts(Override, given.get("privacy_override", []), where, faults)
    parameters = _parameters(given.get("parameters", {}), overrides, where, faults)
    dimensions = tuple(
        replace(item, categories=tuple(item.categories))
        for item in _parts(Dimension, given.get("dimension", []), where, faults)
    )
    outcomes = _parts(Outcome, given.get("outcome", []), where, faults)
    means = _parts(Mean, given.get("mean", []), where, faults)
    survival = given.get("survival", {})
    grid = tuple(survival.get("grid", ()))
    pairs = tuple((str(pair[0]), str(pair[-1])) for pair in given.get("outcome_pairs", ()) if pair)
    faults += [*_dimension_faults(dimensions, where), *_measure_faults(outcomes, means, grid, parameters, where)]
    faults += _pair_faults(pairs, [dimension.name for dimension in dimensions], parameters, where)
    if faults:
        raise InputFault(faults)
    return Spec(
        str(given.get("population", "")),
        dimensions,
        outcomes,
        means,
        str(survival.get("endpoint", "left_early")),
        grid,
        pairs,
        parameters,
        overrides,
    )


def _parts(kind: type[Part], given: object, where: str, faults: list[Fault]) -> tuple[Part, ...]:
    """Return the repeated part `kind` of a declaration; a missing or unknown field is a fault."""
    made = []
    for item in given if isinstance(given, list) else []:
        try:
            made.append(kind(**item))
        except TypeError:
            rule = f"has a {kind.__name__.lower()} with a missing or unknown field"
            faults.append(Fault(where, rule, "Give exactly the fields of the packaged spec.toml."))
    return tuple(made)


def _parameters(
    given: Mapping[str, Any], overrides: tuple[Override, ...], where: str, faults: list[Fault]
) -> Parameters:
    """Return the gate's numbers: tightened freely, loosened only by a complete override within its bound."""
    limits = asdict(LIMITS)
    allowed = {item.parameter: item.value for item in overrides if _complete(item)}
    for item in overrides:
        if item.parameter not in OVERRIDABLE or not _complete(item):
            rule = f"has an override of {item.parameter} that cannot stand"
            remedy = f"Only {' and '.join(OVERRIDABLE)} can be loosened, with name, reason and date."
            faults.append(Fault(where, rule, remedy))
    kept: dict[str, Any] = {}
    for name, value in {**given, **{k: v for k, v in allowed.items() if k in OVERRIDABLE}}.items():
        limit = limits.get(name)
        if limit is None or isinstance(value, bool) or not isinstance(value, int | float):
            faults.append(Fault(where, f"has an unknown parameter or value: {name}", "Remove it."))
            continue
        lower = name in LOWER_IS_TIGHTER
        bound = OVERRIDABLE[name] if name in allowed and name in OVERRIDABLE else limit
        if (value > bound) if lower else (value < bound):
            side = "above" if lower else "below"
            faults.append(Fault(where, f"sets {name} {side} the limit of {bound}", f"Give {bound} or a tighter value."))
        kept[name] = type(limit)(value)
    made = Parameters(**kept)
    if made.printed_minimum < made.threshold or made.printed_minimum % made.rounding:
        remedy = "Give a multiple of the rounding that is not under the threshold."
        faults.append(Fault(where, "sets a printed minimum that does not fit", remedy))
    return made


def _complete(item: Override) -> bool:
    """Tell whether an override names a person, a reason and a date."""
    return all(str(text).strip() for text in (item.name, item.reason, item.date))


def _dimension_faults(dimensions: tuple[Dimension, ...], where: str) -> Iterator[Fault]:
    """Yield what is wrong with the declared dimensions: known names in fixed order, closed lists without repeats."""
    names = [dimension.name for dimension in dimensions]
    if names != [name for name in DIMENSION_NAMES if name in names] or COHORT not in names:
        remedy = "Declare cohort first, then: " + ", ".join(DIMENSION_NAMES[1:]) + "."
        yield Fault(where, "declares unknown dimensions, repeats one or changes their order", remedy)
    for dimension in dimensions:
        categories = dimension.categories
        if len(set(categories)) != len(categories) or (not categories and dimension.name not in OPEN_LISTS):
            yield Fault(where, f"has no closed list of categories for {dimension.name}", "List each category once.")
        if any(not item or set(item) & set("*;=|") for item in categories):
            yield Fault(where, f"has a category of {dimension.name} with one of * ; = |", "Rename the category.")


def _pair_faults(
    pairs: tuple[tuple[str, str], ...], names: list[str], parameters: Parameters, where: str
) -> Iterator[Fault]:
    """Yield what is wrong with the pairs of dimensions by which outcomes are split."""
    for first, other in pairs:
        known = first in names and other in names and names.index(first) < names.index(other)
        if not known or pairs.count((first, other)) > 1:
            remedy = "Give two different declared dimensions in declared order, each pair once."
            yield Fault(where, f"has an outcome pair that does not fit: {first}, {other}", remedy)
    if pairs and parameters.variables < 3:
        yield Fault(where, "splits outcomes by pairs although fewer variables may be crossed", "Remove the pairs.")


def _measure_faults(
    outcomes: tuple[Outcome, ...], means: tuple[Mean, ...], grid: tuple[int, ...], parameters: Parameters, where: str
) -> Iterator[Fault]:
    """Yield what is wrong with outcomes, means and the grid of the curve."""
    names = [PEOPLE, NEVER_ATTENDED, *(item.name for item in outcomes), *(item.name for item in means)]
    if len(set(names)) != len(names):
        yield Fault(where, "uses a name for two measures", "Give each outcome and mean its own name.")
    if len(outcomes) > parameters.outcomes:
        rule = f"declares more than {parameters.outcomes} outcomes"
        yield Fault(where, rule, "Each outcome adds to what can be learned: keep the most useful.")
    if any(item.kind not in OUTCOME_KINDS or item.day < LANDMARK_DAY for item in outcomes):
        remedy = f"Use {', '.join(OUTCOME_KINDS)} from day {LANDMARK_DAY}."
        yield Fault(where, "has an outcome of an unknown kind or day", remedy)
    for item in means:
        bounded = item.low is not None and item.high is not None and item.low < item.high
        if item.kind not in MEAN_KINDS or (item.kind in ("attended", "due") and not bounded):
            yield Fault(
                where, f"has no public bounds or an unknown kind for the mean {item.name}", "Give low and high."
            )
    if not grid or list(grid) != sorted(set(grid)) or grid[0] < LANDMARK_DAY:
        yield Fault(where, "has no rising grid of days for the curve", f"Start at day {LANDMARK_DAY} or later.")
