"""Hand-made rows of the further measures of Staying; every number is made up and none is a result."""

from __future__ import annotations

Row = dict[str, object]
FIRST_DAYS = (1, 8, 15, 22, 29, 57, 85, 113, 141, 169, 197, 225, 253, 281, 309, 337)
MEASURES = (
    "stayed_days",
    "leaving_by_week",
    "stayed_by_gap",
    "caseload_by_month",
    "helping_generations",
    "helping_others_by_self_efficacy",
    "changes_between_periods",
)


def rows(measure: str, n: int = 400) -> list[Row]:
    """Return the rows of one of `MEASURES` for one group or everybody; KeyError for others."""
    made = {
        "stayed_days": lambda: [mean("", 130 + n % 7, n)],
        "leaving_by_week": lambda: weeks(n=n),
        "stayed_by_gap": gaps,
        "caseload_by_month": months,
        "helping_generations": generations,
        "helping_others_by_self_efficacy": helping,
        "changes_between_periods": changed,
    }
    return made[measure]()


def changed() -> list[Row]:
    """Return one indicator for two half-years, and their difference, which is not clear."""
    both = [
        {"level": level, "series": "engaged", "stat": "share", "shape": "point", "estimate": share, "n": 300}
        | {"lower": share - 0.05, "upper": share + 0.05}
        for level, share in (("2024-H1", 0.70), ("2024-H2", 0.72))
    ]
    gap = {"series": "engaged", "stat": "difference", "estimate": 0.02, "lower": -0.05, "upper": 0.09, "n": 600}
    return [*both, {"level": "2024-H2|2024-H1", **gap}]


def mean(level: str, days: float, n: int = 300, half: float = 4.0, x: int = 180) -> Row:
    """Return the days stayed of one group."""
    ends = {"estimate": days, "lower": days - half, "upper": days + half}
    return {"level": level, "x": x, "stat": "mean", "shape": "point", "n": n, "events": n // 3, **ends}


def gap(level: str, days: float, half: float, x: int = 180) -> Row:
    """Return a difference in days between two groups."""
    ends = {"estimate": days, "lower": days - half, "upper": days + half}
    return {"level": level, "x": x, "stat": "difference", "n": 600, "events": 200, **ends}


def weeks(first: float = 0.07, later: float = 0.02, n: int = 400) -> list[Row]:
    """Return the share who leave in each week: `first` in the first one, `later` in all others."""
    shares = [first, *[later] * (len(FIRST_DAYS) - 1)]
    return [
        {"x": day, "stat": "share", "shape": "bar", "estimate": share, "lower": 0.8 * share, "upper": 1.3 * share}
        | {"n": n - 20 * place, "events": 12}
        for place, (day, share) in enumerate(zip(FIRST_DAYS, shares, strict=True))
    ]


def gaps(step: float = 0.005) -> list[Row]:
    """Return the share who stayed under every gap, `step` apart."""
    return [
        {"x": days, "series": "stayed", "stat": "share", "shape": "point", "estimate": 0.604 + step * place}
        | {"lower": 0.574 + step * place, "upper": 0.634 + step * place, "n": 400 - 10 * place, "events": 150}
        for place, days in enumerate((14, 30, 45, 60, 90))
    ]


def months() -> list[Row]:
    """Return people and sessions of four months, the second of them hidden."""
    found: list[Row] = []
    for month, people in (("2026-03", 40), ("2026-04", 0), ("2026-05", 52), ("2026-06", 47)):
        row: Row = {"level": month, "grouping": "month", "stat": "count", "shape": "bar"}
        if not people:
            found.append({**row, "status": "hidden", "reason": "below_threshold"})
            continue
        found.append({**row, "estimate": people, "n": people})
        sessions: Row = {"level": month, "grouping": "month", "n": people}
        found.append({**sessions, "series": "sessions_attended", "stat": "count", "estimate": 3 * people})
        for series, share in (("attended_of_due", 0.75), ("attended_of_scheduled", 0.7)):
            found.append({**sessions, "series": series, "stat": "share", "shape": "point", "estimate": share})
    return found


def generations(second: int = 11) -> list[Row]:
    """Return who came through whom; `second` people are in the second generation, hidden below five."""
    counts = {"brought_somebody": (60, 400), "came_through_somebody": (70, 400), "brought_in_turn": (9, 70)}
    found: list[Row] = [
        {"series": name, "stat": "count", "shape": "bar", "estimate": count, "n": of, "events": count}
        for name, (count, of) in {**counts, "second_generation": (second, 70)}.items()
    ]
    if second < 5:
        hidden: Row = {"series": "second_generation", "stat": "count", "shape": "bar"}
        found[-1] = {**hidden, "status": "hidden", "reason": "below_threshold"}
    return found


def helping(lower: float = 1.7, higher: float = 4.5, spread: float = 1.25) -> list[Row]:
    """Return events of helping others per 100 months by band; `spread` is the factor to both ends of a range."""
    return [
        {"level": level, "grouping": "self_efficacy_band", "stat": "rate", "shape": "bar", "estimate": value}
        | {"lower": value / spread, "upper": value * spread, "n": 200, "events": 90}
        for level, value in (("lower", lower), ("middle", (lower + higher) / 2), ("higher", higher))
    ]


def by_enrolment(shares: tuple[float, ...] = (0.62, 0.63, 0.68), half: float = 0.05) -> list[Row]:
    """Return shares by half-year and milestone, of the last period what is too early, and differences at six months."""
    periods = ("2024-H1", "2024-H2", "2025-H1")
    found: list[Row] = []
    for period, share in zip(periods, shares, strict=True):
        for day in (30, 90, 180, 365):
            row: Row = {"level": period, "series": "stayed", "x": day, "stat": "share", "shape": "point"}
            if period == periods[-1] and day == 365:
                found.append({**row, "status": "immature", "reason": "too_early"})
                continue
            value = share + (180 - day) / 1500
            found.append(
                {**row, "estimate": value, "lower": value - half, "upper": value + half, "n": 280, "events": 90}
            )
    for period, share in zip(periods[1:], shares[1:], strict=True):
        apart = share - shares[0]
        ends = {"estimate": apart, "lower": apart - 1.4 * half, "upper": apart + 1.4 * half}
        found.append(
            {"level": f"{period}|{periods[0]}", "x": 180, "stat": "difference", "n": 560, "events": 180, **ends}
        )
    return found
