"""Hand-made rows of the measures on scores that managers alone see; every number is made up and none is a result."""

from __future__ import annotations

Row = dict[str, object]
SIZES = (400, 360, 320, 280, 240, 200, 160, 130, 110, 90, 70, 60)
"""People rated in each month."""


def rows(measure: str, n: int = 400) -> list[Row]:
    """Return the rows of a ratio, a check of a ratio, scores over the months or a pathway; KeyError for others."""
    if measure.startswith("ratio_grid_"):
        return grid()
    if measure.startswith("ratio_spline_"):
        return along()
    if measure.startswith("trajectory_"):
        return months(4.0 if measure.endswith("alliance") else 31.0)
    if measure.startswith("pathway_"):
        return parts()
    return [
        {"series": name, "stat": "ratio", "shape": "point", "n": n, "events": n // 4}
        | {"estimate": value, "lower": value - 0.08, "upper": value + 0.09}
        for name, value in {"unadjusted": 0.73, "adjusted": 0.74, "within_coach": 0.71}.items()
    ]


def months(start: float, *, everybody: float = 0.06, same: float = 0.0, error: float = 0.02) -> list[Row]:
    """Return lines that rise by `everybody` and by `same` a month; `error` is half the range of both rises."""
    found = [_mean("everybody_rated", month, start + everybody * month, size) for month, size in enumerate(SIZES)]
    found += [_mean("same_people", month, start + 0.3 + same * month, 120) for month in range(6)]
    found += [_mean("left_to_month_3", month, start - 0.3, 90 - 30 * month) for month in range(3)]
    hidden: Row = {"series": "left_month_3_to_6", "x": 5, "stat": "mean", "shape": "line"}
    found.append(hidden | {"status": "hidden", "reason": "few_people"})
    found += [_mean("left_month_3_to_6", month, start - 0.1, 60) for month in range(5)]
    found += [_mean("stayed_6_months", month, start + 0.25, 150) for month in range(12)]
    found += [{**_part("at_ceiling", month, share, 400)} for month, share in ((0, 0.05), (11, 0.15))]
    rise, apart = 5 * same, 5 * (everybody - same)
    for series, value in (("same_people_rise", rise), ("lines_part", apart)):
        found.append(_plain(series, "difference", value, value - error, value + error) | {"x": 5})
    found.append(_plain("lines_part_in_sd", "mean", apart / 0.6) | {"x": 5})
    found.append(_plain("per_month", "slope", same, same - 0.003, same + 0.003))
    return [*found, _part("reliably_higher", 5, 0.12, 120), _part("reliably_lower", 5, 0.06, 120)]


def grid(value: float = 0.75, half: float = 0.1) -> list[Row]:
    """Return 20 ratios that rise by a hundredth from `value`, each with a range of `half` to both sides."""
    found = [_plain("reference_sd", "mean", 0.56)]
    for place, (day, gap) in enumerate((day, gap) for day in (14, 30, 60, 90) for gap in (14, 30, 45, 60, 90)):
        ratio = value + 0.01 * place
        cell = _plain("", "ratio", ratio, ratio - half, ratio + half) | {"level": str(day), "x": gap, "shape": "point"}
        found.append(cell | {"n": 500 - place, "events": 100})
    return found


def along(bend: float | None = 0.6, *, clear: bool = True) -> list[Row]:
    """Return a falling line through 1 at the median score of 4; `bend` is the p-value of a bend, None without knots."""
    found = []
    for score, ratio in ((3.0, 1.8), (3.5, 1.3), (4.0, 1.0), (4.5, 0.8), (5.0, 0.6)):
        half = abs(ratio - 1) * (0.5 if clear else 2)
        row = _plain("", "ratio", ratio, max(ratio - half, 0.05), ratio + half)
        found.append(row | {"x": score, "shape": "line", "events": 120})
    found.append(_plain("reference", "mean", 4.0))
    return found if bend is None else [*found, _plain("bend", "p_value", bend)]


def parts(total: float = 2.5, through: float = 1.5, half: float = 1.0) -> list[Row]:
    """Return the parts in people per 100, each with a range of `half` to both sides."""
    found = [
        _plain(series, "difference", value, value - half, value + half) | {"shape": "point", "events": 120}
        for series, value in (("total", total), ("direct", total - through), ("indirect", through))
    ]
    return [*found, _plain("e_value", "ratio", 1.25), _plain("held_equal_age_band", "count", 400)]


def _mean(series: str, month: int, value: float, n: int) -> Row:
    status = "rough" if n < 30 else "shown"
    row = _plain(series, "mean", value, value - 0.05, value + 0.05)
    return row | {"x": month, "n": n, "shape": "line", "status": status}


def _part(series: str, month: int, share: float, n: int) -> Row:
    return _plain(series, "share", share, share - 0.02, share + 0.03) | {"x": month, "n": n, "events": share * n}


def _plain(series: str, stat: str, value: float, lower: float | None = None, upper: float | None = None) -> Row:
    numbers: Row = {"series": series, "stat": stat, "estimate": value, "n": 400, "status": "shown"}
    return numbers if lower is None else numbers | {"lower": lower, "upper": upper}
