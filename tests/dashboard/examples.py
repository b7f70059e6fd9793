"""Example estimate tables in the row conventions of the measures, and a reader that answers with them.

The people are drawn once from a fixed seed, with planted differences; nothing here is a result. Limits are
simple normal ones: the tests that use this look at drawing and words, not at statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from pipelines.estimate_table import estimate_table
from tests.dashboard import check_examples, score_examples, staying_examples

PEOPLE = 1284
FLOOR = 5
SITES = ("Ashgrove", "Birchwood", "Cedar Hill", "Larkfield")
COHORTS = ("2024-H1", "2024-H2", "2025-H1", "2025-H2")
QUARTERS = ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
SUBSTANCES = {"alcohol": "Alcohol", "opioid": "Opioids", "stimulant": "Stimulants", "cannabis": "Cannabis"}
AGES = ("18-24", "25-34", "35-44", "45-54")
BANDS = ("lower", "middle", "higher")
CAUSES = {1: "left_early", 2: "completed", 3: "moved_on", 4: "other_exit"}
WITH_LEVELS = ("caseload_by_month", "changes_between_periods", "helping_others_by_self_efficacy")
"""Measures whose rows are always split."""
SCALES = {"alliance": (1.0, 5.0), "self_efficacy": (10.0, 40.0), "empathy": (10.0, 50.0)}
INSTRUMENTS = {
    "alliance": {"name": "WAI-SR", "scale_min": 1.0, "scale_max": 5.0, "band_low": 3.8, "band_high": 4.5}
    | {"verified": True},
    "self_efficacy": {"name": "GSE-10", "scale_min": 10.0, "scale_max": 40.0, "band_low": 27.0, "band_high": 32.0}
    | {"verified": False},
}


@dataclass(frozen=True)
class Dimension:
    """The shape of `dimensions()` of both readers."""

    name: str
    label: str
    categories: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """The shape of a question to a reader."""

    measure: str
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    settings: object = None


@cache
def people() -> pd.DataFrame:
    """One row per person: dimensions, early scores, day and cause of the end (0: followed up to that day)."""
    draw = np.random.default_rng(7)
    n = PEOPLE
    alliance = np.clip(draw.normal(4.1, 0.55, n), 1, 5)
    efficacy = np.clip(draw.normal(29.5, 5.3, n), 10, 40)
    rate = 0.0052 * np.exp(-0.55 * (alliance - 4.1) - 0.05 * (efficacy - 29.5))
    times = np.stack([draw.exponential(1 / rate), *(draw.exponential(d, n) for d in (700, 2600, 4000))])
    end = draw.uniform(20, 900, n)
    first = times.min(axis=0)
    site = draw.choice(4, n, p=(0.4, 0.3, 0.286, 0.014))
    frame = pd.DataFrame(
        {
            "site": np.array(SITES)[site],
            "enrol_quarter": np.array(QUARTERS)[(8 * (1 - end / 901)).astype(int)],
            "primary_substance": draw.choice(list(SUBSTANCES), n, p=(0.4, 0.3, 0.2, 0.1)),
            "age_band": draw.choice(AGES, n),
            "alliance": alliance,
            "self_efficacy": efficacy,
            "empathy": np.clip(draw.normal(44, 5, n), 10, 50),
            "answered": draw.random(n) < 0.86,
            "day": np.ceil(np.minimum(first, end)),
            "cause": np.where(first <= end, times.argmin(axis=0) + 1, 0),
            "exit_type": draw.choice(["dropped_out", "administrative", "unknown"], n, p=(0.6, 0.15, 0.25)),
        }
    )
    frame["cohort"] = frame["enrol_quarter"].map(lambda quarter: f"{quarter[:4]}-H{(int(quarter[-1]) + 1) // 2}")
    for score, (low, high) in {"alliance": (3.8, 4.5), "self_efficacy": (27.0, 32.0)}.items():
        band = np.where(frame[score] < low, "lower", np.where(frame[score] < high, "middle", "higher"))
        band = np.where(frame["answered"], band, "no_score")
        frame[f"{score}_band"] = np.where(frame["day"] <= 30, "left_before", band)
    return frame


@dataclass
class FakeAnswers:
    """A reader with the interface of the real ones; `edit` may replace the answer to a measure."""

    version: str = "records-0001"
    audience: str = "manager"
    edit: dict[str, pd.DataFrame] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)
    fail: bool = False

    def about(self) -> dict[str, object]:
        """What the records are."""
        return {
            "title": "Example program",
            "demonstration": True,
            "records_to": "2026-Q2",
            "version": self.version,
            "audience": self.audience,
            "floor": FLOOR if self.audience == "manager" else 11,
            "people": PEOPLE,
            "rough_below": 30,
            "units_from": {"site": 20, "coach": 11},
            "instruments": INSTRUMENTS,
        }

    def dimensions(self) -> list[Dimension]:
        """The filters and groupings."""
        plain = {"site": ("Site", SITES), "cohort": ("Enrolled in", COHORTS), "age_band": ("Age", AGES)}
        found = [Dimension(name, label, tuple((c, c) for c in codes)) for name, (label, codes) in plain.items()]
        found.append(Dimension("primary_substance", "Main substance", tuple(SUBSTANCES.items())))
        bands = tuple((band, band.capitalize()) for band in BANDS)
        found += [Dimension("alliance_band", "Early alliance", bands)]
        return [*found, Dimension("self_efficacy_band", "Early self-efficacy", bands)]

    def ask(self, question: Question) -> pd.DataFrame:
        """Answer a question."""
        self.asked.append(question)
        if self.fail:
            raise RuntimeError("the file is broken")
        if question.measure in self.edit:
            return self.edit[question.measure]
        return answered(question.measure, question.by, question.where)


@cache
def answered(measure: str, by: tuple[str, ...], where: tuple[tuple[str, tuple[str, ...]], ...]) -> pd.DataFrame:
    """Answer a question once; nobody changes the table."""
    chosen = people()
    for dimension, codes in where:
        chosen = chosen[chosen[dimension].isin(codes)]
    return answer(measure, chosen, by)


def answer(measure: str, chosen: pd.DataFrame, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the estimate table of `measure` for the people `chosen`, split by at most one dimension."""
    landmark = any(name.endswith("_band") and name != "age_band" for name in by)
    if landmark or measure.startswith(("dose", "stayed_by")):
        chosen = chosen[chosen["day"] > 30].assign(day=chosen["day"] - 30)
    rows: list[dict[str, object]] = []
    split = by if len(by) == 1 else ()
    codes = [""] if not split else sorted(set(chosen[split[0]]) - {"no_score", "left_before"}, key=_order)
    for code in codes:
        part = chosen if not split else chosen[chosen[split[0]] == code]
        rows += [{"level": code, **row} for row in _rows(measure, part, 150 if landmark else 180)]
    if split and measure.startswith("staying_curve"):
        rows += _differences(rows, codes, 150 if landmark else 180)
    if split and measure == "stayed_days":
        rows = _days(codes, 150 if landmark else 180)
    if measure in WITH_LEVELS:
        rows = staying_examples.rows(measure)
    for row in rows:
        row.setdefault("status", "shown")
        row |= {"measure": measure, "cohort": "all", "grouping": row.get("grouping", ",".join(by)), "source": "live"}
        _floor(row)
    return estimate_table(rows)


def _order(code: str) -> tuple[int, str]:
    return (BANDS.index(code) if code in BANDS else 9, code)


def _floor(row: dict[str, object]) -> None:
    """Hide what is below the floor, as the live door does."""
    n, stat = row.get("n"), row["stat"]
    if not isinstance(n, (int, float)) or stat in ("p_value", "slope"):
        return
    reason = "below_threshold" if 0 < n < FLOOR else ""
    if not reason and n < 20 and stat in ("share", "mean", "rate") and row.get("shape") != "step":
        reason = "few_people"
    if reason:
        row |= dict.fromkeys(("estimate", "lower", "upper", "n", "events"), None) | {
            "status": "hidden",
            "reason": reason,
        }


def _rows(measure: str, part: pd.DataFrame, horizon: int) -> list[dict[str, object]]:
    n = len(part)
    if measure.startswith("staying_curve"):
        curve = _incidence(part)
        rows = [_point("share", "stayed", day, 1 - cif[1], at, left, "step") for day, cif, at, left in curve]
        followed = [(day, int((part["day"] >= day).sum())) for day in (0, 90, 180, 270, 365)]
        return rows + [{"stat": "at_risk", "x": day, "estimate": at, "n": at} for day, at in followed if at >= 10]
    if measure == "where_people_are":
        rows = []
        for day, cif, at, left in _incidence(part):
            rows.append(_point("share", "in_program", day, 1 - sum(cif.values()), at, left, "step"))
            rows += [_point("share", code, day, cif[cause], at, left, "step") for cause, code in CAUSES.items()]
        return rows
    if measure == "stayed_share":
        curve = _incidence(part)
        found = []
        for day in (30, 90, horizon, 365):
            last = [point for point in curve if point[0] <= day][-1] if curve else None
            if last:
                found.append(_point("share", "", day, 1 - last[1][1], n, last[3], "point"))
        return found or [_point("share", "", horizon, 0.5, n, 0, "point")]
    if measure == "people_enrolled":
        return [
            {"stat": "count", "estimate": n, "n": n, "shape": "bar"},
            {"stat": "count", "estimate": round(0.12 * n), "n": round(0.12 * n), "series": "never_attended"},
        ]
    if measure == "exit_reasons":
        left = part[part["cause"].eq(1) & part["day"].le(365)]
        return [
            {**_point("share", "", None, (left["exit_type"] == code).mean(), len(left), 0, "bar"), "level": code}
            for code in ("dropped_out", "administrative", "unknown")
        ]
    if measure.startswith("early_"):
        return _scores(measure.removeprefix("early_"), part)
    if measure == "stayed_by_alliance_and_self_efficacy":
        return _cells(part)
    if measure.startswith("dose_response_"):
        return _dose(measure.removeprefix("dose_response_"), part)
    if measure == "attendance_rate":
        both = [_point("share", "", None, 0.74, 14 * n, 10 * n, "bar")]
        return [*both, _point("share", "of_scheduled", None, 0.66, 16 * n, 10 * n, "bar")]
    if measure == "response_rate":
        asked = part[part["day"] > 30]
        share = float(asked["answered"].mean()) if len(asked) else 0
        return [
            _point("share", series, None, share, len(asked), int(asked["answered"].sum()), "point")
            for series in ("alliance", "self_efficacy")
        ]
    if measure in staying_examples.MEASURES:
        return staying_examples.rows(measure, n)
    if checked := check_examples.rows(measure):
        return checked
    if measure.startswith(("ratio_", "trajectory_", "pathway_")):
        return score_examples.rows(measure, n)
    return _around(measure, n)


def _around(measure: str, n: int) -> list[dict[str, object]]:
    """Return starting, keeping going and the time after coaching, in the shares one might expect."""
    if measure == "time_to_first_session":
        return [_point("share", "", x, share, n, round(share * n), "bar") for x, share in ((7, 0.7), (14, 0.85))]
    if measure == "engagement_rate":
        shares = (("initiated", 0.85), ("engaged", 0.66))
        return [_point("share", series, None, share, n, round(share * n), "bar") for series, share in shares]
    if measure in ("session_intensity", "ripple_rate"):
        return [
            {**_point("share", "", None, 0.5, n, n, "bar"), "stat": "rate", "estimate": 3.1, "lower": 2.9, "upper": 3.4}
        ]
    if measure == "coach_continuity":
        return [_point("share", "", None, 0.92, 12 * n, 11 * n, "bar")]
    due = {90: n // 2, 180: n // 3, 365: n // 5}
    if measure == "follow_up_rate":
        return [_point("share", "", day, 0.66, some, round(0.66 * some), "bar") for day, some in due.items()]
    if measure.startswith("lasting_change_"):
        series = (("", 0.2), ("answered_of_due", 0.66), ("missing_not_lasting", 0.13), ("missing_lasting", 0.47))
        return [_point("share", s, x, share, m, round(share * m), "bar") for x, m in due.items() for s, share in series]
    raise KeyError(measure)


def _days(codes: list[str], x: int) -> list[dict[str, object]]:
    """Return days stayed by group, the first being the reference of the others."""
    means = [staying_examples.mean(code, x - 50 + 9 * place, x=x) for place, code in enumerate(codes)]
    pairs = [(code, 9 * place) for place, code in enumerate(codes) if place]
    return [*means, *(staying_examples.gap(f"{code}|{codes[0]}", days, 6, x=x) for code, days in pairs)]


def _incidence(part: pd.DataFrame) -> list[tuple[int, dict[int, float], int, int]]:
    """Return (day, incidence by cause, still followed, left early so far), stopping under 10 followed."""
    days = part["day"].to_numpy(dtype=int).clip(1, 366)
    ends = {cause: np.bincount(days[part["cause"].to_numpy() == cause], minlength=367) for cause in CAUSES}
    at_risk = np.bincount(days, minlength=367)[::-1].cumsum()[::-1]
    alive, cif, left = 1.0, dict.fromkeys(CAUSES, 0.0), 0
    result = [(0, dict(cif), len(part), 0)]
    for day in range(1, 366):
        if at_risk[day] < 10:
            break
        today = {cause: int(ends[cause][day]) for cause in CAUSES}
        for cause, events in today.items():
            cif[cause] += alive * events / at_risk[day]
        left += today[1]
        alive *= 1 - sum(today.values()) / at_risk[day]
        last = day == 365 or at_risk[day + 1] < 10
        if any(today.values()) or last:
            result.append((day, dict(cif), int(at_risk[day]), left))
    return result


def _point(stat: str, series: str, x: float | None, share: float, n: int, events: int, shape: str) -> dict[str, object]:
    error = 1.96 * (max(share * (1 - share), 0.0) / max(n, 1)) ** 0.5
    row: dict[str, object] = {"stat": stat, "series": series, "x": x, "estimate": share, "n": n, "events": events}
    return row | {"lower": max(0.0, share - error), "upper": min(1.0, share + error), "shape": shape}


def _differences(rows: list[dict[str, object]], codes: list[str], horizon: int) -> list[dict[str, object]]:
    result = []
    for one in codes:
        for other in codes[: codes.index(one)]:
            ends = [
                [r for r in rows if r["level"] == c and r["stat"] == "share" and float(str(r["x"])) <= horizon]
                for c in (one, other)
            ]
            if not all(ends):
                continue
            a, b = (float(str(end[-1]["estimate"])) for end in ends)
            error = 1.96 * (a * (1 - a) / 300 + b * (1 - b) / 300) ** 0.5
            result.append(
                {"stat": "difference", "level": f"{one}|{other}", "x": horizon, "estimate": a - b}
                | {"lower": a - b - error, "upper": a - b + error, "n": 600, "events": 200}
            )
    return [*result, {"stat": "p_value", "series": "log_rank", "level": "", "estimate": 0.001}]


def _scores(construct: str, part: pd.DataFrame) -> list[dict[str, object]]:
    if construct not in SCALES:
        return [{"stat": "mean", "status": "not_measured", "shape": "bar"}]
    scored = part[part["answered"] & part["day"].gt(30)]
    n, mean = len(scored), float(scored[construct].mean()) if len(scored) else 0.0
    error = 1.96 * float(scored[construct].std()) / max(n, 1) ** 0.5 if n > 1 else 0.0
    rows: list[dict[str, object]] = [
        {"stat": "mean", "estimate": mean, "lower": mean - error, "upper": mean + error, "n": n, "shape": "bar"},
        _point("share", "at_ceiling", None, 0.08, n, round(0.08 * n), "bar"),
    ]
    if f"{construct}_band" in scored:
        for band in BANDS:
            k = int((scored[f"{construct}_band"] == band).sum())
            rows.append({**_point("share", "band", None, k / max(n, 1), n, k, "bar"), "level": band})
    return rows


def _cells(part: pd.DataFrame) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for a in BANDS:
        for b in BANDS:
            cell = part[(part["alliance_band"] == a) & (part["self_efficacy_band"] == b)]
            curve = [point for point in _incidence(cell) if point[0] <= 150]
            row = _point("share", "", 150, 1 - curve[-1][1][1], len(cell), curve[-1][3], "cell")
            status = "rough" if 20 <= len(cell) < 30 else "shown"
            rows.append({**row, "level": f"{a}|{b}", "status": status})
    values = {str(row["level"]): float(str(row["estimate"])) for row in rows}
    gap = values["higher|higher"] - values["lower|lower"]
    rows.append(
        {"stat": "difference", "level": "higher|higher - lower|lower", "x": 150, "estimate": gap}
        | {"lower": gap - 0.1, "upper": gap + 0.1, "n": 200, "events": 90}
    )
    return [{**row, "grouping": "alliance_band,self_efficacy_band"} for row in rows]


def _dose(construct: str, part: pd.DataFrame) -> list[dict[str, object]]:
    scored = part[part["answered"]]
    if len(scored) < 30:
        return [{"stat": "share", "status": "hidden", "reason": "few_people", "shape": "point"}]
    bins = pd.qcut(scored[construct], 5, labels=False)
    rows: list[dict[str, object]] = []
    for place in range(5):
        group = scored[bins == place]
        curve = [point for point in _incidence(group) if point[0] <= 150]
        row = _point(
            "share", "", float(group[construct].mean()), 1 - curve[-1][1][1], len(group), curve[-1][3], "point"
        )
        rows.append({**row, "level": f"group {place + 1}"})
    low, high = rows[0], rows[-1]
    slope = 100 * (float(str(high["estimate"])) - float(str(low["estimate"])))
    slope /= float(str(high["x"])) - float(str(low["x"]))
    limits = {"lower": 0.6 * slope, "upper": 1.4 * slope} if slope > 0 else {"lower": 1.4 * slope, "upper": -slope}
    return [*rows, {"stat": "slope", "estimate": slope, "n": len(scored), **limits}]
