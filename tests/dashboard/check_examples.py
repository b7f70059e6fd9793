"""Hand-made rows of the further checks and of what goes together within people; every number is made up."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
GROUPS = {"gender": ("woman", "man", "nonbinary"), "housing": ("stable", "homeless"), "site": ("Ashgrove", "Birchwood")}


def rows(measure: str) -> list[Row]:
    """Return the rows of a measure by its name; nothing for a measure of another module."""
    for start, make in MADE.items():
        if measure.startswith(start):
            return make()
    return []


def missing(before: float = 0.73, after: float = 0.74, half: float = 0.08, *, tips: float | None = None) -> list[Row]:
    """Return the ratio with a score, with weights and with guesses; with `tips` it is not clear from there, higher."""
    found = [_ratio("complete_cases", before, half), _ratio("weighted", after, half)]
    found += [_plain("with_score", "count", 900, n=900), _plain("no_score", "count", 100, n=100)]
    for level, share, n in (("with_score", 0.78, 900), ("no_score", 0.6, 100)):
        stayed = _plain("stayed", "share", share, share - 0.05, share + 0.05, n=n)
        found.append(stayed | {"level": level, "x": 150, "shape": "point"})
    for series, sign in (("shifted_lower", -1), ("shifted_higher", 1)):
        found += [_ratio(series, before + 0.02 * sign * step, half) | {"x": step / 2} for step in range(7)]
    found.append(_plain("likened_by_age_band", "count", 1000))
    none: Row = {"stat": "limit", "status": "not_applicable", "reason": "never_tips"}
    tip = (
        _plain("tipping_point_higher", "limit", tips) if tips is not None else {"series": "tipping_point_higher"} | none
    )
    return [*found, {"series": "tipping_point"} | none, tip]


def groups(q_gender: float = 0.4) -> list[Row]:
    """Return two groups shown and one hidden by gender, two by housing and two by site, with a test for each trait."""
    found: list[Row] = []
    for trait, levels in GROUPS.items():
        for place, level in enumerate(levels):
            row = _ratio("", 0.6 + 0.1 * place, 0.2, n=300 - place)
            if level == "nonbinary":
                row = hidden("few_people") | {"stat": "ratio", "shape": "point"}
            found.append(row | {"grouping": trait, "level": level})
    for trait in GROUPS:
        q = q_gender if trait == "gender" else 0.7
        for series, value in (("same_in_all", q / 2), ("q_value", q)):
            found.append(_plain(series, "p_value", value) | {"grouping": trait})
    return [*found, _plain("tests", "mean", len(GROUPS))]


def sessions(value: float = 0.7, half: float = 0.1) -> list[Row]:
    """Return ratios that rise by a hundredth from the second to the fourth session, and who was left out."""
    found = []
    for place, level in enumerate(("2", "3", "4")):
        found.append(_ratio("", value + 0.01 * place, half, n=500 - place) | {"level": level})
        found.append(_plain("not_reached", "count", 50 + place, n=50 + place) | {"level": level})
    return found


def exits(left: float = 0.7, completed: float = 1.2, half: float = 0.1) -> list[Row]:
    """Return two ways out with rate, share and Gray's test, one that is not clear and one that is hidden."""
    found: list[Row] = []
    for level, value in (("left_early", left), ("completed", completed), ("other_exit", 1.0)):
        found.append(_ratio("rate", value, half) | {"level": level})
        found.append(_plain("share", "ratio", value + 0.03) | {"level": level, "shape": "point", "events": 100})
        found.append(_plain("bands_differ", "p_value", 0.0004) | {"level": level})
    row = hidden("few_events") | {"stat": "ratio", "shape": "point", "series": "rate", "level": "moved_on"}
    return [*found, row]


def both(product: float = 0.95, people: float = 0.5, half: float = 1.5) -> list[Row]:
    """Return the three ratios and people in every 100 beyond the two alone, with `half` of their range."""
    found = [_ratio("alliance", 0.74, 0.08), _ratio("self_efficacy", 0.83, 0.08), _ratio("product", product, 0.08)]
    beyond = _plain("per_100_both", "difference", people, people - half, people + half)
    return [*found, beyond | {"x": 150, "shape": "point"}]


def lagged(between: float = 0.66, within: float = 0.86, half: float = 0.1) -> list[Row]:
    """Return the ratios of both parts, each with a range of `half` to both sides."""
    found = [_ratio("between", between, half), _ratio("within", within, half)]
    return [*found, _plain("carried_days", "mean", 28), _plain("left_without_recent_score", "count", 39)]


def missed(value: float = -0.02, half: float = 0.01) -> list[Row]:
    """Return the difference after a missed session in points, and how many ratings there are."""
    row = _plain("", "difference", value, value - half, value + half) | {"shape": "point"}
    counts = [_plain(series, "count", n, n=n) for series, n in (("after_missed", 260), ("after_none", 1200))]
    return [row, *counts, _plain("reference_sd", "mean", 0.56)]


def together(within: float = 0.03, between: float = 0.27, half: float = 0.02) -> list[Row]:
    """Return both correlations and their pairs of ratings."""
    found = []
    for series, value, pairs in (("within", within, 5500), ("between", between, 5700)):
        row = _plain(series, "correlation", value, value - half, value + half) | {"shape": "point"}
        found += [row, _plain(series, "count", pairs, n=pairs)]
    return found


def hidden(reason: str) -> Row:
    """Return the cells of a hidden row, which takes every number away."""
    return dict.fromkeys(("estimate", "lower", "upper", "n", "events")) | {"status": "hidden", "reason": reason}


def _ratio(series: str, value: float, half: float, n: int = 400) -> Row:
    row = _plain(series, "ratio", value, value - half, value + half, n=n)
    return row | {"shape": "point", "events": n // 4}


def _plain(
    series: str, stat: str, value: float, lower: float | None = None, upper: float | None = None, n: int = 400
) -> Row:
    numbers: Row = {"series": series, "stat": stat, "estimate": value, "n": n, "status": "shown"}
    return numbers if lower is None else numbers | {"lower": lower, "upper": upper}


MADE = {
    "missing_scores_": missing,
    "subgroups_": groups,
    "ratio_by_session_": sessions,
    "every_exit_": exits,
    "interaction_": both,
    "lagged_": lagged,
    "reverse_": missed,
    "moves_together_": together,
}
