"""The grammar of an instrument's TOML file: which keys there are, what they may hold, how they must agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from pipelines import schema, settings_file
from pipelines.faults import Fault
from pipelines.instruments.instrument import (
    AGGREGATES,
    CONSTRUCTS,
    MISSING_RULE_SOURCES,
    OTHER_FACTS,
    REFUSALS,
    SCORING_FACTS,
    Aggregate,
    Cutoff,
    Example,
    Instrument,
    MissingRuleSource,
    Norm,
    unverified_scoring,
)
from pipelines.instruments.keys import Keys

MOST_ITEMS = 99
"""Largest number of items; `assessment_items.item_no` ends there."""
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def read_instrument(file_name: str, content: bytes, faults: list[Fault]) -> Instrument | None:
    """Return the instrument a TOML file declares, or None after adding every fault of the file to `faults`."""
    found: list[Fault] = []
    instrument = None
    try:
        content.decode("utf-8")
        given = settings_file.settings(content)
    except UnicodeDecodeError:
        found.append(Fault(file_name, "is not UTF-8 text", "Save the file as UTF-8"))
    except settings_file.NotSettings as error:
        found.append(Fault(file_name, error.rule("is not valid TOML"), "Correct that line; see the shipped files"))
    else:
        instrument = _instrument(file_name, given, found)
    faults.extend(found)
    return None if found else instrument


def _instrument(file_name: str, given: Mapping[str, object], faults: list[Fault]) -> Instrument | None:
    keys = Keys(file_name, given, faults)
    instrument_id = file_name.removesuffix(".toml")
    if not _NAME.fullmatch(instrument_id):
        faults.append(
            Fault(file_name, "its name is not a plain identifier", "Use lower case letters, digits and single _")
        )
    n_items = keys.whole("n_items", 1, MOST_ITEMS) or MOST_ITEMS
    item_min, item_max = _range(keys)
    aggregate, subscale_aggregate, factor = _aggregates(keys)
    subscales = _subscales(file_name, keys, n_items, faults)
    missing_rule_source = cast(MissingRuleSource, keys.choice("missing_rule_source", MISSING_RULE_SOURCES))
    unverified, verified = _confirmed(keys, missing_rule_source)
    most_missing = keys.whole("max_missing", 0, n_items - 1)
    per_subscale, total_needs_every = _subscale_rule(keys, subscales)
    reversed_items = keys.items("reversed", n_items)
    name = keys.text("name", required=True)
    multiplier = n_items if aggregate == "sum" else 1.0 if aggregate == "mean" else factor or 1.0
    scale = (item_min * multiplier, item_max * multiplier)
    instrument = Instrument(
        instrument_id=instrument_id,
        name=name,
        short_name=keys.text("short_name") or name,
        construct=keys.choice("construct", tuple(CONSTRUCTS)),
        version=keys.text("version", required=True),
        n_items=n_items,
        item_min=item_min,
        item_max=item_max,
        reversed=reversed_items,
        subscales=subscales,
        aggregate=aggregate,
        subscale_aggregate=subscale_aggregate,
        factor=factor,
        higher_is_better=keys.flag("higher_is_better"),
        max_missing=most_missing or 0,
        max_missing_per_subscale=per_subscale,
        total_needs_every_subscale=total_needs_every,
        missing_rule_source=missing_rule_source,
        display_bands=_bands(keys, scale),
        early_min_ratings=keys.whole("early_min_ratings", 1, MOST_ITEMS) or 1,
        raters=_raters(keys),
        alpha=_share(keys, "alpha"),
        alpha_note=keys.text("alpha_note"),
        subscale_alpha=_subscale_alpha(file_name, keys, subscales, faults),
        retest=_share(keys, "retest"),
        retest_note=keys.text("retest_note"),
        reliable_change=keys.number("reliable_change"),
        minimal_important_difference=keys.number("minimal_important_difference"),
        norms=_norms(file_name, keys, scale, faults),
        cutoffs=_cutoffs(file_name, keys, scale, faults),
        licence=keys.text("licence", required=True),
        citation=keys.text("citation"),
        source=keys.text("source", required=True),
        verified=verified,
        unverified=unverified,
        cautions=keys.texts("cautions"),
        examples=_examples(file_name, keys, n_items, tuple(subscales), faults),
    )
    keys.close()
    return instrument


def _range(keys: Keys) -> tuple[float, float]:
    low, high = keys.number("item_min", required=True), keys.number("item_max", required=True)
    if low is None or high is None:
        return 0.0, 1.0
    if low >= high:
        keys.fault("item_max", "is not above item_min", "Give the lowest and the highest answer of one item")
        return 0.0, 1.0
    return low, high


def _aggregates(keys: Keys) -> tuple[Aggregate, Aggregate, float | None]:
    aggregate = cast(Aggregate, keys.choice("aggregate", AGGREGATES))
    subscale_aggregate = cast(Aggregate, keys.choice("subscale_aggregate", AGGREGATES, default=aggregate))
    factor = keys.number("factor")
    needed = "mean_times" in (aggregate, subscale_aggregate)
    if needed and (factor is None or factor <= 0):
        keys.fault("factor", "is needed with mean_times", "Give the number above 0 the mean is multiplied by")
    if factor is not None and not needed:
        keys.fault("factor", "belongs to mean_times alone", 'Remove it, or set aggregate = "mean_times"')
    return aggregate, subscale_aggregate, factor


def _subscales(where: str, keys: Keys, n_items: int, faults: list[Fault]) -> dict[str, tuple[int, ...]]:
    given = keys.table("subscales")
    reader = Keys(f"{where}: subscales", given, faults)
    subscales = {name: reader.items(name, n_items) for name in list(given)}
    for name, items in subscales.items():
        if not _NAME.fullmatch(name):
            reader.fault(name, "is not a plain identifier", "Use lower case letters, digits and single _")
        if not items:
            reader.fault(name, "has no items", "List the item numbers of the subscale")
    return subscales


def _subscale_rule(keys: Keys, subscales: Mapping[str, tuple[int, ...]]) -> tuple[dict[str, int], bool]:
    """Read how many answers a subscale may miss; a rule without subscales is left for `Keys.close` to note."""
    if not subscales:
        return {}, False
    rule = keys.whole_or_table("max_missing_per_subscale", tuple(subscales), MOST_ITEMS)
    for name, most in rule.items():
        if subscales[name] and most >= len(subscales[name]):
            keys.fault(
                "max_missing_per_subscale",
                "allows a subscale without any answer",
                "Allow fewer than the subscale has items",
            )
    return rule, keys.flag("total_needs_every_subscale", default=False)


def _confirmed(keys: Keys, missing_rule_source: str) -> tuple[tuple[str, ...], bool]:
    """Read what is not confirmed; an instrument is verified exactly when no fact its score rests on is among it."""
    verified, unverified = keys.flag("verified"), keys.texts("unverified")
    facts = (*SCORING_FACTS, *OTHER_FACTS)
    if not set(unverified) <= set(facts):
        keys.fault("unverified", "names a fact there is no word for", f"Use the words: {', '.join(facts)}")
        return (), verified
    open_facts = unverified_scoring(unverified, missing_rule_source)
    if verified and open_facts:
        keys.fault("verified", "is true although scoring facts are unverified", "Set it to false, or confirm the facts")
    if not verified and not open_facts:
        keys.fault(
            "unverified",
            "names no scoring fact although verified is false",
            f"Say what is not confirmed: {', '.join(SCORING_FACTS)}",
        )
    return unverified, verified


def _raters(keys: Keys) -> tuple[str, ...]:
    raters = keys.texts("raters") or ("participant",)
    if not set(raters) <= set(schema.RATERS):
        keys.fault("raters", "names a rater there is not", f"Use: {', '.join(schema.RATERS)}")
    return raters


def _bands(keys: Keys, scale: tuple[float, float]) -> tuple[float, float]:
    """Read the two cuts of the display bands; without the key they cut the scale into thirds."""
    low, high = scale
    cuts = keys.numbers("display_bands")
    if not cuts:
        return (2 * low + high) / 3, (low + 2 * high) / 3
    if len(cuts) != 2 or not low < cuts[0] < cuts[1] <= high:
        keys.fault(
            "display_bands", "is not two rising cuts within the scale", "Give [start of middle, start of higher]"
        )
        return scale
    return cuts[0], cuts[1]


def _share(keys: Keys, key: str) -> float | None:
    value = keys.number(key)
    if value is not None and not 0 < value < 1:
        keys.fault(key, "is not between 0 and 1", "Give the coefficient, such as 0.85")
    return value


def _subscale_alpha(
    where: str, keys: Keys, subscales: Mapping[str, tuple[int, ...]], faults: list[Fault]
) -> dict[str, float]:
    given = keys.table("subscale_alpha")
    reader = Keys(f"{where}: subscale_alpha", given, faults)
    values = {name: _share(reader, name) for name in subscales if name in given}
    reader.close()
    return {name: value for name, value in values.items() if value is not None}


def _norms(where: str, keys: Keys, scale: tuple[float, float], faults: list[Fault]) -> tuple[Norm, ...]:
    norms = []
    for number, given in enumerate(keys.tables("norms"), start=1):
        reader = Keys(f"{where}: norms {number}", given, faults)
        mean = reader.number("mean", required=True)
        if mean is not None and not scale[0] <= mean <= scale[1]:
            reader.fault("mean", "is outside the scale", "Give it on the scale of the total")
        norms.append(
            Norm(
                mean=mean or 0.0,
                population=reader.text("population", required=True),
                sd=reader.number("sd"),
                n=reader.whole("n", 1, 10**9, required=False),
            )
        )
        reader.close()
    return tuple(norms)


def _cutoffs(where: str, keys: Keys, scale: tuple[float, float], faults: list[Fault]) -> tuple[Cutoff, ...]:
    cutoffs = []
    for number, given in enumerate(keys.tables("cutoffs"), start=1):
        reader = Keys(f"{where}: cutoffs {number}", given, faults)
        at = reader.number("at", required=True)
        if at is not None and not scale[0] <= at <= scale[1]:
            reader.fault("at", "is outside the scale", "Give it on the scale of the total")
        cutoffs.append(Cutoff(at=at or 0.0, meaning=reader.text("meaning", required=True)))
        reader.close()
    return tuple(cutoffs)


def _examples(
    where: str, keys: Keys, n_items: int, subscales: tuple[str, ...], faults: list[Fault]
) -> tuple[Example, ...]:
    tables = keys.tables("examples")
    if not tables:
        keys.fault("examples", "are missing", "Work at least one example by hand under [[examples]]; it tests the key")
    return tuple(
        _example(Keys(f"{where}: examples {number}", given, faults), n_items, subscales)
        for number, given in enumerate(tables, start=1)
    )


def _example(keys: Keys, n_items: int, subscales: tuple[str, ...]) -> Example:
    total, pomp, refused = keys.number("total"), keys.number("pomp"), keys.text("refused")
    if refused and (total is not None or pomp is not None):
        keys.fault("refused", "stands beside a total", "Give either the total and pomp, or the reason for no score")
    if not refused and (total is None or pomp is None):
        keys.fault("total", "or pomp is missing", "Give both, or the reason for no score as `refused`")
    if refused and refused not in REFUSALS:
        keys.fault("refused", "is not a reason there is", f"Use one of: {', '.join(REFUSALS)}")
    scores = keys.table("subscales")
    if not set(scores) <= set(subscales) or not all(isinstance(score, int | float) for score in scores.values()):
        keys.fault("subscales", "is not a number for subscales of this instrument", "Write it like {name = 12}")
        scores = {}
    example = Example(
        working=keys.text("working"),
        answers=_answers(keys, n_items),
        n_missing=keys.whole("n_missing", 0, n_items) or 0,
        total=total,
        pomp=pomp,
        refused=refused or None,
        subscales={name: float(cast(float, score)) for name, score in scores.items()},
        prorated=keys.flag("prorated", default=False),
        at_ceiling=keys.flag("at_ceiling", default=False),
    )
    keys.close()
    return example


def _answers(keys: Keys, n_items: int) -> tuple[float | None, ...]:
    """Read answers written like "4 5 . 3": one per item in order, a point where there is none."""
    words = keys.text("answers", required=True).split()
    if not words:
        return ()
    if len(words) != n_items:
        keys.fault("answers", "has another number of answers than the instrument has items", f"Give {n_items}")
    try:
        return tuple(None if word == "." else float(word) for word in words)
    except ValueError:
        keys.fault("answers", "holds something that is no number", 'Write it like "4 5 . 3", a point where missing')
        return ()
