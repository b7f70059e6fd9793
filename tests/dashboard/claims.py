"""A second reading of every finding: which rows of a table must carry it, worked out from the words of the title alone.

A title claims something where it holds a word of difference that is no part of a group's name. For every kind of
figure the rule below says which range must then exclude nothing going on, and which numbers the title must show.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pandas as pd

SHOWN = ("shown", "rough")
Z = 1.959963984540054
DIFFERENCE = re.compile(
    r"\b(?:longer|shorter|less|more|fewer|most|least|higher|lower|above|below|differs?|bends|stands? out|changes"
    r"|clear(?:ly)?|rises?|falls?|up|down|together|opposite|hardly linked|depends|against|few)\b",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"lower, middle (?:and|or) higher|steps? higher|with (?:higher|lower)|(?:an?|the) (?:higher|lower|middle) early"
    r"|both (?:early scores )?(?:higher|lower)|(?:alliance|score|staying|link|coach)\w* together|together: too few"
    r"|goes together|more than each alone|held together|two scores together|clear link|not clear|early scores higher"
    r"|too few .*",
    re.IGNORECASE,
)
"""Words of difference that only name a group or a figure, or say that nothing can be said."""
NOTHING = re.compile(
    r"^(?:Among (?:the same people|people [^,]*), |After a missed session )?[Nn]o (?:clear|one recorded|way out)"
    r"|^Too |: not measured$|Not published|not published|^This figure|^(?:All )?\d+ (?:of \d+ )?\w+ are within"
    r"|^Of those due|sessions due were attended|changes little|does not change|hardly depends|came to a session"
    r"|When people go|scores are spread|People by month|Who came",
)
"""Titles that make no claim of a difference, or only one of the records themselves."""


def _pair(table: pd.DataFrame, *levels: str) -> pd.DataFrame:
    """Return the shown differences between two levels, either way round."""
    rows = table[table["status"].isin(SHOWN) & table["stat"].eq("difference")]
    return rows[rows["level"].map(lambda level: set(str(level).split("|")) == set(levels))]


def _rows(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    rows = table[table["status"].isin(SHOWN)]
    for column, value in wanted.items():
        rows = rows[rows[column].eq(value)]
    return rows


def _side(row: pd.Series, nothing: float = 0.0) -> int:
    """Return 1 where a range lies above `nothing`, -1 below it, 0 where it holds it or there is none."""
    return 1 if row["lower"] > nothing else -1 if row["upper"] < nothing else 0


def _sides(rows: pd.DataFrame, nothing: float = 0.0) -> list[int]:
    return [_side(row, nothing) for _, row in rows.iterrows()]


def _at(table: pd.DataFrame, level: str, day: float) -> float:
    """Return the share of a level on a day, on its stepped line or at exactly that day."""
    rows = _rows(table, stat="share", level=level)
    steps = rows[rows["shape"].eq("step") & rows["x"].le(day)].sort_values("x")
    return float((steps if len(steps) else rows[rows["x"].eq(day)])["estimate"].iloc[-1])


def _percents(title: str) -> list[float]:
    return [float(found) for found in re.findall(r"(\d+)%", title)]


def _near(title: str, *shares: float) -> bool:
    """Tell whether the percentages of a title are these shares, in their order."""
    said = _percents(title)
    return len(said) == len(shares) and all(abs(a - 100 * b) <= 0.5 + 1e-9 for a, b in zip(said, shares, strict=True))


def bands_differ(title: str, table: pd.DataFrame) -> bool:
    """Curves by score: the difference of the named bands excludes zero on that side, and both shares are theirs."""
    said = re.search(r"with (higher|lower|middle) .* longer: .* with (higher|lower|middle)$", title)
    if not said:
        return False
    rows = _pair(table, said[1], said[2])
    day = float(rows["x"].iloc[0])
    turned = 1 if str(rows["level"].iloc[0]).startswith(said[1]) else -1
    return turned * _side(rows.iloc[0]) == 1 and _near(title, _at(table, said[1], day), _at(table, said[2], day))


def groups_differ(title: str, table: pd.DataFrame) -> bool:
    """Curves by group: some difference whose two shares the title shows excludes zero, and the test over all agrees."""
    test = _rows(table, stat="p_value", series="log_rank")["estimate"]
    pairs = _rows(table, stat="difference")
    found = False
    for _, row in pairs.iterrows():
        one, _, other = str(row["level"]).partition("|")
        high, low = (one, other) if row["estimate"] > 0 else (other, one)
        found |= bool(_side(row)) and _near(title, _at(table, high, row["x"]), _at(table, low, row["x"]))
    return found and (len(pairs) < 2 or bool(test.lt(0.05).all() and len(test)))


def first_reason(title: str, table: pd.DataFrame) -> bool:
    """Reasons: of those recorded, the range of the one named lies above that of every other."""
    bars = _rows(table, stat="share", shape="bar")
    bars = bars[~bars["level"].isin(["not_recorded", "other", "unknown"])]
    top = bars.loc[bars["estimate"].idxmax()]
    if "completing the program" in title and top["level"] != "completed":
        return False
    others = bars[bars["level"].ne(top["level"])]["upper"]
    return bool((others < top["lower"]).all()) and _near(title, top["estimate"])


def few_in_band(title: str, table: pd.DataFrame) -> bool:
    """Score bands: the range of the one named lies below those of both others, and it holds fewer than 15 of 100.

    Where no band is said to be the most common, the range of the largest meets that of another.
    """
    bands = _rows(table, series="band").set_index("level")
    if title.startswith("No band"):
        largest = bands["estimate"].idxmax()
        return bool(bands.loc[largest, "lower"] <= bands.drop(largest)["upper"].max())
    said = re.search(r"have a (lower|middle|higher) early", title)
    if not said or len(bands) != 3:
        return False
    row, others = bands.loc[said[1]], bands.drop(said[1])
    return bool(row["upper"] < others["lower"].min() and row["estimate"] < 0.15) and _near(title, row["estimate"])


def corners_differ(title: str, table: pd.DataFrame) -> bool:
    """Both scores: the difference of the corners excludes zero, and both shares are theirs."""
    gap = _rows(table, stat="difference").iloc[0]
    cells = _rows(table, shape="cell").set_index("level")["estimate"]
    return bool(_side(gap)) and _near(title, cells["higher|higher"], cells["lower|lower"])


def slope(title: str, table: pd.DataFrame) -> bool:
    """Dose: the slope excludes zero on the side that is said."""
    return _count(title, _rows(table, stat="slope").iloc[0])


def _count(title: str, row: pd.Series) -> bool:
    """Tell whether a range excludes zero on the side of 'more' or 'fewer', with the number that is said."""
    said = re.search(r"(?:about (\d+)|less than 1) (more|fewer) (?:person|people)", title)
    if not said or _side(row) != (1 if said[2] == "more" else -1):
        return False
    return abs(float(said[1]) - abs(row["estimate"])) <= 0.5 if said[1] else abs(row["estimate"]) < 0.5


def still_less(title: str, table: pd.DataFrame) -> bool:
    """Ratio: the adjusted ratio excludes 1 on that side; of days, the difference excludes zero.

    That no one number holds rests on the test of proportional hazards, and on days without a range.
    """
    if "no one number holds" in title:
        days_known = _rows(table, stat="difference", series="days")["lower"].notna().any()
        return not days_known and bool(
            _rows(table, stat="p_value", series="proportional_hazards")["estimate"].lt(0.05).all()
        )
    if days := re.search(r"about ([\d,]+) days (longer|less long)", title):
        row = _rows(table, stat="difference", series="days").iloc[0]
        return _side(row) == (1 if days[2] == "longer" else -1) and abs(float(days[1]) - abs(row["estimate"])) <= 0.5
    row = _rows(table, stat="ratio", series="adjusted").iloc[0]
    said = re.search(r"left early (less|more) often: ([\d.]+) times", title)
    side = -1 if said and said[1] == "less" else 1
    return bool(said) and _side(row, 1) == side and abs(float(said[2]) - row["estimate"]) <= 0.005 + 1e-9


def answers_agree(title: str, table: pd.DataFrame) -> bool:
    """Many ratios: all on one side of 1 where one is named, both sides where the answer depends on the choice."""
    rows = _rows(table, stat="ratio")
    rows = rows[rows["x"].notna() | rows["level"].ne("")]
    sides = _sides(rows, 1)
    low, high = rows["estimate"].min(), rows["estimate"].max()
    if found := re.findall(r"\d\.\d\d", title):
        numbers = [float(one) for one in found]
        if abs(min(numbers) - low) > 0.0051 or abs(max(numbers) - high) > 0.0051:
            return False
    if said := re.search(r"left early (less|more) often$", title):
        return set(sides) == {-1 if said[1] == "less" else 1}
    if "depends on the" in title:
        return {-1, 1} <= set(sides)
    if said := re.search(r"for (\d+) of them the range includes", title):
        return sides.count(0) == int(said[1])
    return "none of them clear" in title and set(sides) == {0}


def line_bends(title: str, table: pd.DataFrame) -> bool:
    """Along the scale: a bend with its test, a slope where both ends exclude 1 on opposite sides."""
    test = float(_rows(table, series="bend", stat="p_value")["estimate"].iloc[0])
    if title.startswith("The line bends"):
        return test < 0.05
    line = _rows(table, stat="ratio", shape="line").sort_values("x")
    ends = (_side(line.iloc[0], 1), _side(line.iloc[-1], 1))
    return test >= 0.05 and ends == ((1, -1) if "the less often" in title else (-1, 1))


def goes_through(title: str, table: pd.DataFrame) -> bool:
    """Parts: the part through the later score excludes zero; 'in total no clear link' where the whole does not."""
    rows = _rows(table, stat="difference").set_index("series")
    whole = "total" not in rows.index or bool(_side(rows.loc["total"])) != title.endswith("in total no clear link")
    return whole and _count(title, rows.loc["indirect"])


def weights_change(title: str, table: pd.DataFrame) -> bool:
    """People without a score: clear before and not after, or the reverse; both ratios are those of the table."""
    rows = _rows(table, stat="ratio")
    rows = rows[rows["x"].isna()].set_index("series")
    before, after = rows.loc["complete_cases"], rows.loc["weighted"]
    said = [float(one) for one in re.findall(r"\d\.\d\d", title)]
    same = len(said) == 2 and all(
        abs(a - b) <= 0.005 + 1e-9 for a, b in zip(said, (before["estimate"], after["estimate"]), strict=True)
    )
    if "changes the size" in title:
        return same and _side(before, 1) == _side(after, 1)
    return same and bool(_side(before, 1)) != bool(_side(after, 1)) and ("clear now" in title) == bool(_side(after, 1))


def traits_differ(title: str, table: pd.DataFrame) -> bool:
    """Groups of people: as many traits are named as have a q-value below 0.05, of as many tests as are said."""
    q_values = _rows(table, series="q_value")["estimate"]
    named = title.partition("differs by ")[2].partition(" (")[0].replace(" and ", ", ").split(", ")
    return q_values.lt(0.05).sum() == len(named) and ("one test" in title or f"({len(q_values)} tests" in title)


def ways_out(title: str, table: pd.DataFrame) -> bool:
    """Every way out: each named one excludes 1 on its side, and no other way out does."""
    sides = {str(row["level"]): _side(row, 1) for _, row in _rows(table, stat="ratio", series="rate").iterrows()}
    done = {
        "left early": "left_early",
        "completed": "completed",
        "moved on": "moved_on",
        "left otherwise": "other_exit",
    }
    named = re.findall(rf"({'|'.join(done)}) (less|more) often", title)
    said = {done[way]: -1 if often == "less" else 1 for way, often in named}
    return bool(said) and said == {level: side for level, side in sides.items() if side}


def beyond_the_two(title: str, table: pd.DataFrame) -> bool:
    """Both together: people in every 100 beyond the two exclude zero, or the product of the ratios excludes 1."""
    if title.startswith("Both scores higher"):
        return _count(title, _rows(table, series="per_100_both", stat="difference").iloc[0])
    side = _side(_rows(table, stat="ratio", series="product").iloc[0], 1)
    return side == (-1 if "of the other is lower" in title else 1)


def months_rise(title: str, table: pd.DataFrame) -> bool:
    """Over the months: the rise of the same people excludes zero on that side."""
    side = _side(_rows(table, series="same_people_rise").iloc[0])
    return side == (1 if " is higher in month" in title else -1)


def last_score(title: str, table: pd.DataFrame) -> bool:
    """The last score before: each part said to go with leaving excludes 1 on its side, and no other does."""
    rows = _rows(table, stat="ratio").set_index("series")
    sides = {series: _side(rows.loc[series], 1) for series in ("between", "within") if series in rows.index}
    parts = {"between": "among people with higher", "within": "after a score above the person's own"}
    for series, side in sides.items():
        if (parts[series] in title) != bool(side):
            return False
    said = {-1 if one == "less" else 1 for one in re.findall(r"(less|more) common", title)}
    return said == {side for side in sides.values() if side}


def after_missed(title: str, table: pd.DataFrame) -> bool:
    """After a missed session: the difference excludes zero on that side."""
    side = _side(_rows(table, stat="difference").iloc[0])
    return side == (-1 if " was lower by" in title else 1)


def move_together(title: str, table: pd.DataFrame) -> bool:
    """Two scores: each 'together' or 'opposite' excludes zero on its side, each 'no clear link' does not."""
    rows = _rows(table, stat="correlation").set_index("series")
    said = re.findall(r"(too few to say|no clear link|hardly linked|together|opposite ways) (between|within)", title)
    allowed = {"no clear link": {0}, "hardly linked": {1, -1}, "together": {1}, "opposite ways": {-1}}
    return len(said) == 2 and all(
        (series not in rows.index) if what == "too few to say" else _side(rows.loc[series]) in allowed[what]
        for what, series in said
    )


def days_differ(title: str, table: pd.DataFrame) -> bool:
    """Days: a difference of so many days excludes zero."""
    said = re.search(r"about ([\d,]+) (more|fewer) days", title)
    rows = _rows(table, stat="difference")
    days = float(said[1].replace(",", "")) if said else math.nan
    return any(
        _side(row) and abs(abs(row["estimate"]) - days) <= 0.5 + 1e-9 for _, row in rows.iterrows()
    )  # fmt: skip


def weeks_differ(title: str, table: pd.DataFrame) -> bool:
    """Weeks: the first week lies above, or below, a week of weeks 13 to 16."""
    rows = _rows(table, stat="share").set_index("x")
    start, after = rows.loc[1], rows.loc[85]
    apart = start["lower"] > after["upper"] if "most often at the start" in title else start["upper"] < after["lower"]
    return bool(apart) and _near(title, start["estimate"], after["estimate"])


def periods_differ(title: str, table: pd.DataFrame) -> bool:
    """Time of enrolment: a difference at six months whose two shares the title shows excludes zero."""
    rows = _rows(table, stat="difference", x=180)
    shares = _rows(table, stat="share", x=180).set_index("level")["estimate"]
    return any(
        _side(row) and _near(title, *(shares[one] for one in str(row["level"]).split("|")))
        for _, row in rows.iterrows()
    )


def helping_differs(title: str, table: pd.DataFrame) -> bool:
    """Helping others: the ratio of the two rates excludes 1, with the standard errors their ranges give."""
    rates = _rows(table, stat="rate").set_index("level")
    high, low = rates.loc["higher"], rates.loc["lower"]
    errors = [math.log(row["upper"] / row["lower"]) / (2 * Z) for row in (high, low)]
    gap = math.log(high["estimate"] / low["estimate"])
    side = 1 if "helped others more often" in title else -1
    return side * gap > 0.97 * Z * math.hypot(*errors)


def changed(title: str, table: pd.DataFrame) -> bool:
    """Two periods: some difference excludes zero on the side that is said, and as many others as are counted."""
    sides = _sides(_rows(table, stat="difference"))
    more = re.search(r"; (\d+) more changes? (?:is|are) clear", title)
    side = 1 if ": higher in " in title else -1
    return side in sides and len([one for one in sides if one]) >= 1 + (int(more[1]) if more else 0)


def gap_matters(title: str, table: pd.DataFrame) -> bool:
    """Other gaps: the shares lie so far apart as is said."""
    shares = _rows(table, stat="share")
    shares = shares[shares["x"].notna()]["estimate"]
    return _near(title, shares.min(), shares.max()) and shares.max() - shares.min() >= 0.05


CLAIMS: dict[str, Callable[[str, pd.DataFrame], bool]] = {
    "curve_by_score": bands_differ,
    "curve_by_group": groups_differ,
    "reasons": first_reason,
    "scores": few_in_band,
    "heatmap": corners_differ,
    "dose": slope,
    "ratio": still_less,
    "grid": answers_agree,
    "sessions": answers_agree,
    "along": line_bends,
    "parts": goes_through,
    "missing_scores": weights_change,
    "groups": traits_differ,
    "exits": ways_out,
    "both_together": beyond_the_two,
    "months": months_rise,
    "lagged": last_score,
    "missed": after_missed,
    "together": move_together,
    "days": days_differ,
    "weeks": weeks_differ,
    "milestones": periods_differ,
    "helping": helping_differs,
    "changes": changed,
    "gaps": gap_matters,
}
"""Kinds of figure whose title may claim something, and what must hold then."""


def claims(title: str) -> bool:
    """Tell whether a title claims a difference."""
    return not NOTHING.search(title) and bool(DIFFERENCE.search(NAMES.sub(" ", title)))


def unfounded(kind: str, title: str, table: pd.DataFrame) -> str:
    """Return why a title claims more than its table carries; empty where it does not."""
    if not claims(title):
        return ""
    if kind not in CLAIMS:
        return f"a title of {kind} claims a difference"
    return "" if CLAIMS[kind](title, table) else f"the rows of {kind} do not carry it"


def change_is_carried(said: str, tables: list[pd.DataFrame]) -> bool:
    """Tell whether 'Up from 42% in Jan-Jun 2024' is carried: the last two shown periods of some table lie apart so."""
    if not said.startswith(("Up", "Down")):
        return True
    for table in tables:
        rows = table[table["status"].isin(SHOWN) & table["lower"].notna() & table["level"].str.match(r"\d{4}-H\d$")]
        rows = rows[(rows["stat"].eq("share") & rows["x"].eq(180)) | rows["stat"].eq("mean")].sort_values("level")
        if len(rows) > 1:
            before, last = rows.iloc[-2], rows.iloc[-1]
            if last["lower"] > before["upper"] if said.startswith("Up") else last["upper"] < before["lower"]:
                return True
    return False
