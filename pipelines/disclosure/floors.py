"""The one table of floors: how small a group may be before a number about it is withheld, at both doors.

The live floor prevents careless exposure of a few people to a manager; it is not disclosure control.
The release floor is the hard lower limit of the release's settings. Either may be raised, never lowered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

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
_NUMBERS = ["estimate", "lower", "upper", "n", "events"]


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


def apply_live(table: pd.DataFrame, *, whole: int | None = None, floor: Floor = LIVE) -> pd.DataFrame:
    """Return a live estimate table with everything below the floor hidden, numbers removed, reason given.

    `table` holds the exact rows of ONE measure and question, all columns of the estimate table; `whole` is the
    number of people without filters, so that a group whose complement is tiny is hidden too. Row order is kept;
    for a share withheld at 5-19 people a row `stat='count'` with its people and events follows at the end, for words.
    Rows of `n` below the floor are hidden with the reason `below_threshold`; statistical limits say
    `few_people` or `few_at_risk`.
    """
    rows = table.reset_index(drop=True).copy()
    reason = pd.Series("", index=rows.index, dtype="object")
    open_rows = rows["status"].isin(["shown", "rough"])
    _hide_counts(rows, open_rows, reason, whole, floor)
    _hide_points(rows, open_rows, reason, whole, floor)
    _hide_curves(rows, open_rows, reason, whole, floor)
    _hide_lone_shares(rows, open_rows, reason)
    _hide_comparisons(rows, open_rows, reason, floor)
    words = _counts_in_words(rows[reason.eq(FEW_PEOPLE) & rows["shape"].ne("step") & rows["stat"].eq("share")], floor)
    withheld = reason.ne("")
    rows.loc[withheld, _NUMBERS] = np.nan
    rows.loc[withheld, "status"] = "hidden"
    rows.loc[withheld, "reason"] = reason[withheld]
    return rows if words.empty else pd.concat([rows, words], ignore_index=True)


def _hide_counts(rows: pd.DataFrame, live: pd.Series, reason: pd.Series, whole: int | None, floor: Floor) -> None:
    """Hide counts and numbers at risk below the floor, tiny complements, and the smallest sibling of a lone one."""
    counts = rows[live & rows["stat"].isin(["count", "at_risk"])]
    for keys, parts in counts.groupby(["stat", "grouping", "series", "x"], dropna=False, sort=False):
        values = parts["estimate"].fillna(0)
        total = whole if keys[0] == "count" else None
        hidden = [hide(int(n), None if total is None else total - int(n), floor) for n in values]
        if keys[1]:
            hidden = with_sibling(values.tolist(), hidden)
        reason.loc[parts.index[hidden]] = BELOW_THRESHOLD


def _hide_points(rows: pd.DataFrame, live: pd.Series, reason: pd.Series, whole: int | None, floor: Floor) -> None:
    """Hide shares, means and rates drawn as points, bars or cells when the group, or one side of it, is too small."""
    points = live & rows["shape"].ne("step") & rows["stat"].isin(["share", "mean", "rate"])
    n, events = rows["n"].fillna(0), rows["events"]
    small = n.lt(floor.count) | (n.sub(whole or 0).mul(-1).between(1, floor.complement - 1) if whole else False)
    other = n - events
    one_sided = events.between(1, floor.count - 1) | other.between(1, floor.count - 1)
    reason[points & (small | one_sided)] = BELOW_THRESHOLD
    empty_bar = rows["shape"].eq("bar") & events.eq(0)
    few_events = events.lt(floor.share_events) & rows["stat"].ne("mean") & ~empty_bar
    few = n.lt(floor.share_people) | few_events
    reason[points & reason.eq("") & few] = FEW_PEOPLE


def _hide_curves(rows: pd.DataFrame, live: pd.Series, reason: pd.Series, whole: int | None, floor: Floor) -> None:
    """Hide whole curves of small groups or few events, and the tail of a curve once few people are followed."""
    steps = rows[live & rows["shape"].eq("step")]
    for _, group in steps.groupby(["grouping", "level"], sort=False):
        people = int(group["n"].max()) if group["n"].notna().any() else 0
        most = group.groupby("series")["events"].max().dropna()
        events = {str(name): int(value) for name, value in most.items()}
        counted = [value for name, value in events.items() if name != "in_program"]
        if hide(people, None if whole is None else whole - people, floor):
            reason.loc[group.index] = BELOW_THRESHOLD
        elif not share_allowed(people, sum(counted), floor):
            reason.loc[group.index] = FEW_PEOPLE
        else:
            small = {name for name, value in events.items() if name != "in_program" and 0 < value < floor.count}
            if len(events) > 1 and small:
                reason.loc[group.index[group["series"].isin(_with_smallest(events, small))]] = BELOW_THRESHOLD
            late = group.index[group["n"].lt(floor.curve_at_risk)]
            reason.loc[late[reason.loc[late].eq("")]] = FEW_AT_RISK


def _with_smallest(events: dict[str, int], small: set[str]) -> set[str]:
    """Return the hidden series of a stack that sums to one, joined by the smallest shown one if alone."""
    if len(small) > 1:
        return small
    others = {name: value for name, value in events.items() if name not in small and name != "in_program"}
    return small | ({min(others, key=lambda name: others[name])} if others else set())


def _hide_lone_shares(rows: pd.DataFrame, live: pd.Series, reason: pd.Series) -> None:
    """Hide the smallest sibling of a lone hidden bar whose shares sum to one over the levels or series of a group."""
    bars = rows[live & rows["shape"].eq("bar") & rows["stat"].eq("share") & rows["events"].notna()]
    for _, parts in bars.groupby(["measure", "grouping", "series", "x"], dropna=False, sort=False):
        if len(parts) < 2 or abs(float(parts["estimate"].fillna(0).sum()) - 1) > 1e-6:
            continue
        hidden = reason.loc[parts.index].eq(BELOW_THRESHOLD).tolist()
        joined = with_sibling(parts["events"].fillna(0).tolist(), hidden)
        reason.loc[parts.index[joined]] = BELOW_THRESHOLD


def _hide_comparisons(rows: pd.DataFrame, live: pd.Series, reason: pd.Series, floor: Floor) -> None:
    """Hide a difference, slope or test when a group it rests on is hidden or it names too few people or events."""
    withheld = reason.ne("") & ~rows["stat"].isin(["count", "at_risk"])
    drawn = rows[~rows["stat"].isin([*COMPARISONS, "count", "at_risk"])]
    hidden_levels: dict[tuple[str, str], bool] = {}
    for (grouping, level), part in drawn.groupby(["grouping", "level"]):
        hidden_levels[str(grouping), str(level)] = bool(withheld.loc[part.index].all())
    few = rows["n"].lt(floor.share_people) | rows["events"].lt(floor.share_events)
    for position in rows.index[live & rows["stat"].isin(COMPARISONS)].tolist():
        grouping, level = str(rows["grouping"][position]), str(rows["level"][position])
        named = compared_levels(level, grouping) if rows["stat"][position] == "difference" else ()
        levels = named or tuple(name for split, name in hidden_levels if split == grouping)
        if few[position] or any(hidden_levels.get((grouping, name), False) for name in levels):
            reason.loc[position] = BELOW_THRESHOLD


def compared_levels(level: str, grouping: str) -> tuple[str, ...]:
    """Return the two levels a difference row compares: 'a|b' with one grouping dimension, else 'a|c - b|d'."""
    if " - " in level:
        return tuple(level.split(" - ", 1))
    return tuple(level.split("|", 1)) if grouping and "," not in grouping and "|" in level else ()


def _counts_in_words(shares: pd.DataFrame, floor: Floor) -> pd.DataFrame:
    """Return count rows for shares of 5-19 people, so that a sentence may say 'x of n people'."""
    words = shares[shares["n"].ge(floor.count) & shares["n"].lt(floor.share_people)].copy()
    words["stat"], words["shape"] = "count", ""
    words["estimate"], words[["lower", "upper"]] = words["n"], np.nan
    return words
