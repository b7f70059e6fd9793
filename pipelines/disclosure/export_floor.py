"""What of a live estimate table may leave the manager's screen as a file: rows on at least eleven people.

The floor of a file is higher than that of the screen, because a file travels. It withholds rows and groups, their
complements and small numerators; the points of a curve stay while enough people are followed, so a file is still exact
and for internal use alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.disclosure.floors import COMPARISONS, LIVE, Floor, compared_levels, with_sibling
from pipelines.estimate_table import HIDDEN_NUMBERS

BELOW_EXPORT_FLOOR = "below_export_floor"
NOT_LASTING, AS_LAST_SEEN, LASTING = "missing_not_lasting", "missing_as_last_seen", "missing_lasting"
BOUNDS = (NOT_LASTING, AS_LAST_SEEN, LASTING)
"""Series of a share among everybody due: what it would be if all missing people had lost the gain, were as they were
last seen, or had kept it. The first and the last bound what is true; next to other rows they give numbers away."""


def apply_export(
    table: pd.DataFrame, *, sizes: Mapping[str, int | None] | None = None, floor: Floor = LIVE
) -> pd.DataFrame:
    """Return a live estimate table as it may be written to a file: rows below the export floor hidden, order kept.

    `table` holds the rows of one measure and question. `sizes` gives the people of each level where the rows' own `n`
    counts something else, such as sessions; None where they are withheld.
    """
    rows = table.reset_index(drop=True).copy()
    open_rows = rows["status"].isin(["shown", "rough"])
    compared = rows["stat"].isin(COMPARISONS)
    n, events = rows["n"], rows["events"]
    small = n.isna() | n.lt(floor.export)
    drawn_whole = rows["shape"].ne("step")
    other = (n - events).mask(rows["stat"].eq("rate"))  # the events of a rate are not people
    one_sided = drawn_whole & (events.between(1, floor.export - 1) | other.between(1, floor.export - 1))
    withheld = open_rows & ~compared & (small | one_sided)
    found = _sizes(rows[~compared & rows["stat"].ne("p_value")], sizes)
    hidden = _small_levels(found, floor)
    withheld |= open_rows & ~compared & rows["level"].isin(hidden) & rows["grouping"].ne("")
    withheld |= _lone_bars(rows, withheld)
    withheld |= open_rows & _bounds_that_tell(rows, withheld, floor)
    gone = {level for level in found if _all_gone(rows, withheld, compared, level)}
    withheld |= open_rows & compared & (small | _rests_on(rows, gone))
    rows.loc[withheld, list(HIDDEN_NUMBERS)] = np.nan
    rows.loc[withheld, "status"] = "hidden"
    rows.loc[withheld, "reason"] = BELOW_EXPORT_FLOOR
    return rows


def _sizes(rows: pd.DataFrame, given: Mapping[str, int | None] | None) -> dict[str, int]:
    """Return the people of each level of a split table; 0 where they are withheld."""
    levels = [str(level) for level in dict.fromkeys(rows.loc[rows["grouping"].ne(""), "level"])]
    if given is not None:
        return {level: int(given.get(level) or 0) for level in levels}
    largest = rows.groupby("level")["n"].max().fillna(0)
    return {level: int(largest[level]) for level in levels}


def _small_levels(sizes: Mapping[str, int], floor: Floor) -> set[str]:
    """Return levels below the floor, those whose complement is, and the smallest sibling of a lone one in any slice."""
    total = sum(sizes.values())
    hidden = {level for level, n in sizes.items() if n < floor.export or 0 < total - n < floor.export}
    for _ in range(len(sizes)):
        before = len(hidden)
        for part in _slices(list(sizes)):
            flags = with_sibling([sizes[level] for level in part], [level in hidden for level in part])
            hidden |= {level for level, flag in zip(part, flags, strict=True) if flag}
        if len(hidden) == before:
            break
    return hidden


def _slices(levels: list[str]) -> list[list[str]]:
    """Return the sets of levels that add up to a total: all of them, and each category of a second dimension apart."""
    parts = [level.split("|") for level in levels]
    slices = [levels]
    for place in range(max((len(part) for part in parts), default=1)):
        slices.extend(
            [level for level, part in zip(levels, parts, strict=True) if part[place] == category]
            for category in dict.fromkeys(part[place] for part in parts if len(part) > 1)
        )
    return slices


def _lone_bars(rows: pd.DataFrame, withheld: pd.Series) -> pd.Series:
    """Return the smallest shown share beside a lone withheld one where the shares of a split add up to one."""
    joined = pd.Series(False, index=rows.index)
    bars = rows[rows["shape"].eq("bar") & rows["stat"].eq("share") & rows["level"].ne("")]
    for _, part in bars.groupby(["measure", "grouping", "series", "x"], dropna=False, sort=False):
        if len(part) < 2 or float(part["estimate"].sum()) > 1 + 1e-6:
            continue
        flags = with_sibling(part["events"].fillna(0).tolist(), withheld.loc[part.index].tolist())
        joined.loc[part.index[flags]] = True
    return joined & rows["status"].isin(["shown", "rough"])


def _bounds_that_tell(rows: pd.DataFrame, withheld: pd.Series, floor: Floor) -> pd.Series:
    """Return the bounds of a share that would give away what is withheld beside them, or few people between them."""
    bounds = rows["series"].isin(BOUNDS)
    told = pd.Series(False, index=rows.index)
    if not bounds.any():
        return told
    for _, part in rows[rows["stat"].eq("share")].groupby(["level", "x"], dropna=False):
        mine = part[bounds[part.index]]
        beside = part.index.difference(mine.index)
        if withheld[beside].any() or rows.loc[beside, "n"].isna().any():
            told[mine.index] = True
        elif mine["events"].sort_values().diff().between(1, floor.export - 1).any():
            told[mine.index[mine["series"].eq(AS_LAST_SEEN)]] = True
    return told


def _all_gone(rows: pd.DataFrame, withheld: pd.Series, compared: pd.Series, level: str) -> bool:
    """Tell whether no estimate of a level is left."""
    mine = rows["level"].eq(level) & ~compared & rows["shape"].ne("")
    left = mine & rows["status"].isin(["shown", "rough"]) & ~withheld
    return bool(mine.any()) and not bool(left.any())


def _rests_on(rows: pd.DataFrame, gone: set[str]) -> pd.Series:
    """Return which comparisons name a level that is gone, or, naming none, stand over levels one of which is gone."""
    named = [
        compared_levels(str(level), str(grouping))
        for level, grouping in zip(rows["level"], rows["grouping"], strict=True)
    ]
    return pd.Series([bool(set(levels) & gone) if levels else bool(gone) for levels in named], index=rows.index)
