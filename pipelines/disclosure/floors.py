"""The one table of floors: how small a group may be before a number about it is withheld, at both doors.

The live floor prevents careless exposure of a few people to a manager; it is not disclosure control.
The release floor is the hard lower limit of the release's settings. Either may be raised, never lowered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.estimate_table import COLUMNS, HIDDEN_NUMBERS, Columns, table_of
from pipelines.faults import Fault, InputFault


@dataclass(frozen=True, slots=True)
class Floor:
    """The smallest numbers of people one door shows; every field is a whole number of people or events."""

    count: int
    complement: int
    share_people: int
    share_events: int
    curve_people: int
    curve_at_risk: int
    curve_step_events: int
    rough_below: int
    coach_people: int | None
    export: int


LIVE = Floor(
    count=5,
    complement=5,
    share_people=20,
    share_events=5,
    curve_people=20,
    curve_at_risk=10,
    curve_step_events=1,
    rough_below=20,
    coach_people=11,
    export=11,
)
"""Program managers on their own records; `coach_people` is for a funnel with complete follow-up, codes only."""

RELEASE = Floor(
    count=11,
    complement=11,
    share_people=50,
    share_events=11,
    curve_people=22,
    curve_at_risk=22,
    curve_step_events=11,
    rough_below=100,
    coach_people=None,
    export=11,
)
"""Everyone outside; printed counts carry noise and rounding on top, and coaches are never shown."""

BELOW_THRESHOLD = "below_threshold"
FEW_PEOPLE = "few_people"
FEW_AT_RISK = "few_at_risk"
COMPARISONS = ("difference", "p_value", "slope")


def raised(floor: Floor, **settings: int) -> Floor:
    """Return `floor` with the given fields set higher; InputFault for a lower, unknown or forbidden setting."""
    faults = []
    for name, value in settings.items():
        present = getattr(floor, name, None)
        if present is None:
            faults.append(Fault(f"floor setting {name}", "there is no such setting at this door", "Remove it."))
        elif value < present:
            remedy = f"Give {present} or more, or remove the setting."
            faults.append(Fault(f"floor setting {name}", "a floor may be raised, never lowered", remedy))
    if faults:
        raise InputFault(faults)
    return replace(floor, **settings)


def hide(count: int, complement: int | None = None, floor: Floor = LIVE) -> bool:
    """Tell whether a count of people is withheld: below the floor, or 1 to floor-1 people are in its complement."""
    return count < floor.count or (complement is not None and 0 < complement < floor.complement)


def hide_outcome(with_it: int, without_it: int, floor: Floor = LIVE) -> bool:
    """Tell whether a share is withheld because 1 to floor-1 people have, or lack, the outcome."""
    return 0 < with_it < floor.count or 0 < without_it < floor.count


def with_sibling(counts: Sequence[float], hidden: Sequence[bool]) -> list[bool]:
    """Return `hidden` for the parts of a shown total, with the smallest shown part joined to a lone hidden one."""
    result = [bool(value) for value in hidden]
    shown = [i for i, value in enumerate(result) if not value]
    if sum(result) == 1 and shown:
        result[min(shown, key=lambda i: counts[i])] = True
    return result


def share_allowed(people: int, events: int, floor: Floor = LIVE) -> bool:
    """Tell whether a share, curve or comparison may be drawn: 20 people and 5 events (live)."""
    return people >= floor.share_people and events >= floor.share_events


def curve_end(days: Sequence[float], at_risk: Sequence[float], floor: Floor = LIVE) -> float | None:
    """Return the last day of a curve on which enough people are still followed; None if there is none."""
    kept = [day for day, n in zip(days, at_risk, strict=True) if n >= floor.curve_at_risk]
    return max(kept) if kept else None


def export_allowed(people: int, complement: int | None = None, floor: Floor = LIVE) -> bool:
    """Tell whether a group may leave as a file: the group, and its complement unless empty, reach the export floor."""
    return people >= floor.export and (complement is None or complement == 0 or complement >= floor.export)


def apply_live(exact: Columns | pd.DataFrame, *, whole: int | None = None, floor: Floor = LIVE) -> pd.DataFrame:
    """Return a live estimate table with everything below the floor hidden, numbers removed, reason given.

    `exact` holds the exact rows of ONE measure and question, all columns of the estimate table; `whole` is the
    number of people without filters, so that a group whose complement is tiny is hidden too. Row order is kept;
    for a share withheld at 5-19 people a row `stat='count'` with its people and events follows at the end, for words.
    Rows of `n` below the floor are hidden with the reason `below_threshold`; statistical limits say
    `few_people` or `few_at_risk`.
    """
    columns = {name: exact[name] if isinstance(exact, Mapping) else exact[name].to_numpy() for name in COLUMNS}
    rows = _Rows(columns)
    _hide_counts(rows, whole, floor)
    _hide_points(rows, whole, floor)
    _hide_units(rows, floor)
    _hide_curves(rows, whole, floor)
    _hide_lone_shares(rows)
    _hide_comparisons(rows, floor)
    withheld = rows.reason != ""
    if not withheld.any():
        return table_of(columns)
    shown = {name: np.where(withheld, np.nan, columns[name]) for name in HIDDEN_NUMBERS}
    shown["status"] = np.where(withheld, "hidden", columns["status"])
    shown["reason"] = np.where(withheld, rows.reason, columns["reason"])
    few = np.flatnonzero((rows.reason == FEW_PEOPLE) & (rows.shape != "step") & (rows.stat == "share"))
    words = few[(rows.n[few] >= floor.count) & (rows.n[few] < floor.share_people)]
    said = _counts_in_words(columns, words)
    return table_of({name: np.concatenate([shown.get(name, columns[name]), said[name]]) for name in COLUMNS})


class _Rows:
    """The columns of an estimate table, `live` rows that carry numbers, and `reason` to hide each row."""

    def __init__(self, columns: Columns) -> None:
        self.measure, self.grouping, self.level, self.series, self.stat, self.shape, self.status = (
            columns[name] for name in ("measure", "grouping", "level", "series", "stat", "shape", "status")
        )
        self.x, self.estimate, self.n, self.events = (columns[name] for name in ("x", "estimate", "n", "events"))
        self.live = (self.status == "shown") | (self.status == "rough")
        self.reason = np.full(len(self.live), "", dtype=object)

    def where(self, chosen: npt.NDArray[np.bool_], *keys: npt.NDArray[Any]) -> dict[tuple[Any, ...], list[int]]:
        """Return the places of the chosen live rows by the values of `keys`, in the order of the table."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        places = np.flatnonzero(self.live & chosen)
        columns = ([None if value != value else value for value in column[places].tolist()] for column in keys)
        for place, key in zip(places.tolist(), zip(*columns, strict=True), strict=True):
            groups.setdefault(key, []).append(place)
        return groups


def _hide_counts(rows: _Rows, whole: int | None, floor: Floor) -> None:
    """Hide counts and numbers at risk below the floor, tiny complements, and the smallest sibling of a lone one."""
    counts = (rows.stat == "count") | (rows.stat == "at_risk")
    values = np.nan_to_num(rows.estimate)
    for keys, places in rows.where(counts, rows.stat, rows.grouping, rows.series, rows.x).items():
        total = whole if keys[0] == "count" else None
        hidden = [hide(int(n), None if total is None else total - int(n), floor) for n in values[places]]
        if keys[1]:
            hidden = with_sibling(values[places].tolist(), hidden)
        rows.reason[np.array(places)[hidden]] = BELOW_THRESHOLD


def _hide_points(rows: _Rows, whole: int | None, floor: Floor) -> None:
    """Hide shares, means and rates drawn as points, bars or cells when the group, or one side of it, is too small."""
    estimates = (rows.stat == "share") | (rows.stat == "mean") | (rows.stat == "rate")
    points = rows.live & estimates & (rows.shape != "step")
    n, events = np.nan_to_num(rows.n), rows.events
    small = n < floor.count
    if whole:
        small |= _within(whole - n, floor.complement)
    # The events of a rate are not people: one person may have several, so that n - events counts nobody.
    without = np.where(rows.stat == "rate", np.nan, n - events)
    one_sided = _within(events, floor.count) | _within(without, floor.count)
    rows.reason[points & (small | one_sided)] = BELOW_THRESHOLD
    empty_bar = (rows.shape == "bar") & (events == 0)
    few_events = (events < floor.share_events) & (rows.stat != "mean") & ~empty_bar
    few = (n < floor.share_people) | few_events
    rows.reason[points & (rows.reason == "") & few] = FEW_PEOPLE


def _hide_units(rows: _Rows, floor: Floor) -> None:
    """Hide the dots of sites and coaches with too few people; all of them at a door that shows no coach."""
    units = rows.live & (rows.stat == "unit")
    least = np.inf if floor.coach_people is None else floor.coach_people
    rows.reason[units & ~(np.nan_to_num(rows.n) >= least)] = FEW_PEOPLE


def _within(people: npt.NDArray[np.float64], least: int) -> npt.NDArray[np.bool_]:
    """Tell which numbers of people are at least one and below `least`."""
    within: npt.NDArray[np.bool_] = (people >= 1) & (people <= least - 1)
    return within


def _hide_curves(rows: _Rows, whole: int | None, floor: Floor) -> None:
    """Hide whole curves of small groups or few events, and the tail of a curve once few people are followed."""
    for places in rows.where(rows.shape == "step", rows.grouping, rows.level).values():
        group = np.array(places)
        n = rows.n[group]
        people = int(np.nanmax(n)) if not np.isnan(n).all() else 0
        events = _most_events(rows.series[group], rows.events[group])
        counted = [value for name, value in events.items() if name != "in_program"]
        if hide(people, None if whole is None else whole - people, floor):
            rows.reason[group] = BELOW_THRESHOLD
        elif not share_allowed(people, sum(counted), floor):
            rows.reason[group] = FEW_PEOPLE
        else:
            small = {name for name, value in events.items() if name != "in_program" and 0 < value < floor.count}
            if len(events) > 1 and small:
                joined = _with_smallest(events, small)
                rows.reason[group[[name in joined for name in rows.series[group]]]] = BELOW_THRESHOLD
            rows.reason[group[(n < floor.curve_at_risk) & (rows.reason[group] == "")]] = FEW_AT_RISK


def _most_events(series: npt.NDArray[np.object_], events: npt.NDArray[np.float64]) -> dict[str, int]:
    """Return the largest known number of events of each line of a curve."""
    known = ~np.isnan(events)
    return {str(name): int(events[known & (series == name)].max(initial=0)) for name in dict.fromkeys(series[known])}


def _with_smallest(events: dict[str, int], small: set[str]) -> set[str]:
    """Return the hidden series of a stack that sums to one, joined by the smallest shown one if alone."""
    if len(small) > 1:
        return small
    others = {name: value for name, value in events.items() if name not in small and name != "in_program"}
    return small | ({min(others, key=lambda name: others[name])} if others else set())


def _hide_lone_shares(rows: _Rows) -> None:
    """Hide the smallest sibling of a lone hidden bar whose shares sum to one over the levels or series of a group."""
    bars = (rows.shape == "bar") & (rows.stat == "share") & ~np.isnan(rows.events)
    for places in rows.where(bars, rows.measure, rows.grouping, rows.series, rows.x).values():
        if len(places) < 2 or abs(float(np.nansum(rows.estimate[places])) - 1) > 1e-6:
            continue
        hidden = (rows.reason[places] == BELOW_THRESHOLD).tolist()
        joined = with_sibling(rows.events[places].tolist(), hidden)
        rows.reason[np.array(places)[joined]] = BELOW_THRESHOLD


def _hide_comparisons(rows: _Rows, floor: Floor) -> None:
    """Hide a difference, slope or test when a group it rests on is hidden or it names too few people or events."""
    compared = [place for place in np.flatnonzero(rows.live) if rows.stat[place] in COMPARISONS]
    if not compared:
        return
    hidden_levels: dict[tuple[str, str], bool] = {}
    for stat, grouping, level, reason in zip(rows.stat, rows.grouping, rows.level, rows.reason, strict=True):
        if stat not in (*COMPARISONS, "count", "at_risk"):
            key = (str(grouping), str(level))
            hidden_levels[key] = hidden_levels.get(key, True) and reason != ""
    few = (rows.n < floor.share_people) | (rows.events < floor.share_events)
    for place in compared:
        grouping, level = str(rows.grouping[place]), str(rows.level[place])
        named = compared_levels(level, grouping) if rows.stat[place] == "difference" else ()
        levels = named or tuple(name for split, name in hidden_levels if split == grouping)
        if few[place] or any(hidden_levels.get((grouping, name), False) for name in levels):
            rows.reason[place] = BELOW_THRESHOLD


def compared_levels(level: str, grouping: str) -> tuple[str, ...]:
    """Return the two levels a difference row compares: 'a|b' with one grouping dimension, else 'a|c - b|d'."""
    if " - " in level:
        return tuple(level.split(" - ", 1))
    return tuple(level.split("|", 1)) if grouping and "," not in grouping and "|" in level else ()


def _counts_in_words(columns: Columns, places: npt.NDArray[np.intp]) -> Columns:
    """Return count rows for shares of 5-19 people, so that a sentence may say 'x of n people'."""
    words = {name: values[places] for name, values in columns.items()}
    none, empty = np.full(len(places), np.nan), np.full(len(places), "", dtype=object)
    counts = np.full(len(places), "count", dtype=object)
    return words | {"stat": counts, "shape": empty, "estimate": words["n"], "lower": none, "upper": none}
