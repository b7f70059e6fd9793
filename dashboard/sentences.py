"""The sentence that an estimate table supports: a finding only where the range of a difference excludes zero.

Every function is pure and returns plain text for a title, ending without a full stop. A number in a sentence
is a cell of the table it was given. "Stayed" means: had not left early (people who completed have stayed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard import words
from dashboard.funnel import funnel

SHOWN = ("shown", "rough")
FULL_SIZE = 30
"""People needed in each corner before the heat map's corners are compared in words."""
TABLE_BELOW = "Full numbers are in the table under the chart."
CAUTION = (
    "People with higher early scores may differ in other ways that also go with staying. "
    "These figures show what goes together, not what brings what about."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two shares at the horizon: level `high` has `more` (0 to 1), `low` has `less`; clear or not."""

    high: str
    low: str
    more: float
    less: float
    clear: bool


def title(kind: str, table: pd.DataFrame, **about: object) -> str:
    """Return the title of a figure of `kind`; KeyError for an unknown kind.

    Kinds: staying, staying_by, where, reasons, score, bands, both_scores, dose, ratio, funnel.
    """
    return _TITLES[kind](table, **about)


def alt(figure_title: str) -> str:
    """Return the text alternative of a figure: its title and where the numbers are."""
    return f"{figure_title}. {TABLE_BELOW}"


def staying(table: pd.DataFrame, *, horizon: float = 180, when: str = "6 months") -> str:
    """Return 'About half of people stayed to 6 months (48%)', or what can be said instead."""
    row = at(table, horizon)
    if row is None:
        return withheld(table, f"how many stayed to {when}")
    return f"{words.about(row['estimate'])} stayed to {when} ({_percent(row)})"


def staying_by(
    table: pd.DataFrame,
    *,
    what: str,
    names: Mapping[str, str] | None = None,
    horizon: float = 180,
    when: str = "6 months",
    bands: bool = False,
    among: str = "",
) -> str:
    """Return the title of curves split by `what` ('early alliance', 'main substance'); `bands` for score groups.

    `among` names who is counted where no subtitle does: 'people still in the program on day 30'.
    """
    difference = widest(table, horizon)
    if difference is None:
        return f"Too few people to compare staying by {what}"
    more, less = words.percent(difference.more), words.percent(difference.less)
    high, low = words.name(difference.high, names), words.name(difference.low, names)
    if not difference.clear:
        if bands:
            no, whose = (f"Among {among}, no", "those") if among else ("No", "people")
            return (
                f"{no} clear difference at {when} between {whose} with {high.lower()} ({more}) "
                f"and {low.lower()} ({less}) {what}"
            )
        return f"No clear difference in staying to {when} by {what}"
    if bands:
        who = f"Among {among}, those" if among else "People"
        return f"{who} with {high.lower()} {what} stayed longer: {more} to {when}, against {less} with {low.lower()}"
    return f"Staying differs by {what}: {more} ({high}) against {less} ({low}) stayed to {when}"


def where(table: pd.DataFrame, *, horizon: float = 180, when: str = "6 months") -> str:
    """Return where people are at the horizon: still here, completed, left early."""
    parts = []
    for code, phrase in (
        ("in_program", "still in the program"),
        ("completed", "have completed it"),
        ("left_early", "left early"),
    ):
        row = at(table[table["series"] == code], horizon)
        if row is not None:
            parts.append(f"{_percent(row)} {'are ' if code == 'in_program' else ''}{phrase}")
    if not parts:
        return withheld(table, "where people are")
    return f"At {when}, {words.joined(parts)}"


def reasons(table: pd.DataFrame, *, names: Mapping[str, str] | None = None) -> str:
    """Return the most common recorded reason for leaving, if its range stands clear of the next one's."""
    shares = _shown(table)
    shares = shares[shares["stat"].eq("share")]
    bars = shares[~shares["level"].isin(words.NOT_RECORDED)].sort_values("estimate", ascending=False)
    if bars.empty:
        return withheld(table, "why people left")
    first = bars.iloc[0]
    if len(bars) > 1 and not first["lower"] > bars.iloc[1]["upper"]:
        return "No one recorded reason stands out"
    # Ends without a recorded reason may be as common as completing: then it is the first of the recorded ones alone.
    beside = shares[shares["level"].ne("completed")]["upper"]
    if first["level"] == "completed" and not beside.ge(first["lower"]).any():
        return f"Most often, time in the program ended by completing it ({_percent(first)})"
    reason = words.name(str(first["level"]), names)
    return f"The most common recorded reason is “{reason.lower()}” ({_percent(first)})"


def score(table: pd.DataFrame, *, what: str, scale: tuple[float, float] | None = None) -> str:
    """Return 'On average, people rate early alliance 4.1 out of 5 (could be 4.0 to 4.2)'."""
    row = mean(table)
    if row is None:
        return withheld(table, what)
    out_of = f" out of {scale[1]:g}" if scale else ""
    return f"On average, {what} is {words.score(row['estimate'])}{out_of}{_could_be_score(row)}"


def bands(table: pd.DataFrame, *, what: str) -> str:
    """Return how many people are in the largest score band."""
    rows = _shown(table)
    rows = rows[rows["series"].eq("band")]
    if rows.empty:
        return withheld(table, what)
    top = rows.loc[rows["estimate"].idxmax()]
    band = words.name(str(top["level"])).lower()
    others = rows[rows["level"] != top["level"]]["upper"].max()
    if len(rows) > 1 and not top["lower"] > others:
        return f"{_capital(what)} scores are spread over lower, middle and higher"
    return f"{words.about(top['estimate'])} have {_a(band)} {band} {what} score ({_percent(top)})"


def both_scores(table: pd.DataFrame, *, when: str = "6 months") -> str:
    """Return the heat map's title; the corners are compared only if both are shown, large enough and clearly apart."""
    corners = {level: _cell(table, f"{level}|{level}") for level in ("higher", "lower")}
    gap = _shown(table)
    gap = gap[gap["stat"].eq("difference")]
    plain = "Staying by early alliance and early self-efficacy together"
    high, low = corners["higher"], corners["lower"]
    if high is None or low is None or gap.empty:
        return f"{plain}: too few people to compare"
    if min(high["n"], low["n"]) < FULL_SIZE or "rough" in (high["status"], low["status"]):
        return f"{plain}: too few people to compare"
    if not excludes_zero(gap.iloc[0]):
        return (
            f"No clear difference at {when} between people with both early scores higher ({_percent(high)}) "
            f"and both lower ({_percent(low)})"
        )
    return (
        f"When early alliance and self-efficacy are both higher, {_percent(high)} stay to {when}; "
        f"when both are lower, {_percent(low)} do"
    )


def dose(table: pd.DataFrame, *, what: str, when: str = "6 months") -> str:
    """Return the slope in words: people in every 100 per score point, only if its range excludes zero."""
    rows = _shown(table)
    slope = rows[rows["stat"].eq("slope")]
    if slope.empty:
        return f"Too few people to say whether {what} goes with staying to {when}"
    row = slope.iloc[0]
    if not excludes_zero(row):
        return f"No clear link between {what} and staying to {when}"
    more = "more" if row["estimate"] > 0 else "fewer"
    count = words.of_100(row["estimate"])
    one = "person" if count.endswith(" 1") else "people"
    return f"Each extra point of {what} goes with {count} {more} {one} in every 100 staying to {when}"


def funnel_of(table: pd.DataFrame, *, plural: str) -> str:
    """Return how many units lie within the range of chance, and how many chance alone would put outside."""
    found = funnel(table)
    if found is None:
        return f"Too few {plural} with enough people to compare them with chance"
    total = len(found.dots)
    if found.within == total:
        return f"All {total} {plural} are within the range that chance alone would give"
    return f"{found.within} of {total} {plural} are within the range that chance alone would give"


NOT_PROPORTIONAL = 0.05
"""Where the test that a ratio stays the same over time comes out below this, no sentence gives one number for it."""


def ratio(table: pd.DataFrame, *, what: str) -> str:
    """Return how leaving early goes with a score when recorded differences are held equal, if the range excludes 1.

    Where the ratio changes over time the days are said instead, which need no ratio that stays the same; where the
    model could not be fitted none of its answers is.
    """
    rows = _shown(table)
    held = rows[rows["stat"].eq("ratio") & rows["series"].eq("adjusted")]
    if held.empty and "not_measured" in set(table["status"]):
        return withheld(table, f"leaving early by {what}")
    if held.empty:
        return f"Too few people to say whether {what} still goes with leaving early, other differences held equal"
    row = held.iloc[0]
    test = rows[rows["stat"].eq("p_value") & rows["series"].eq("proportional_hazards")]
    if not test.empty and test["estimate"].iloc[0] < NOT_PROPORTIONAL:
        return _days(rows, what)
    if pd.isna(row["lower"]):
        return f"Leaving early by {what}, other differences held equal: too few coaches for a range"
    if row["lower"] <= 1 <= row["upper"]:
        return f"No clear link between {what} and leaving early once other recorded differences are held equal"
    less = "less" if row["estimate"] < 1 else "more"
    return (
        f"Other recorded differences held equal, people one step higher in {what} still left early {less} often: "
        f"{words.ratio(row['estimate'])} times as often"
    )


def _days(rows: pd.DataFrame, what: str) -> str:
    """Return how many days longer people stay who are one step higher, where the ratio changes over time."""
    found = rows[rows["stat"].eq("difference") & rows["series"].eq("days")]
    if found.empty or pd.isna(found["lower"].iloc[0]):
        return f"How leaving early goes with {what} changes over time, so that no one number holds: see the curves"
    row = found.iloc[0]
    of = f"of the {words.number(row['x'])} days after day 30"
    if not excludes_zero(row):
        return f"No clear link between {what} and how long people stay {of}, other recorded differences held equal"
    longer = "longer" if row["estimate"] > 0 else "less long"
    days = words.number(abs(row["estimate"]))
    between = sorted(abs(row[name]) for name in ("lower", "upper"))
    return (
        f"Other recorded differences held equal, people one step higher in {what} stayed about {days} days "
        f"{longer} {of} (could be {words.number(between[0])} to {words.number(between[1])})"
    )


def small_group(table: pd.DataFrame, *, horizon: float = 180, when: str = "6 months") -> str | None:
    """Return '6 of 17 people followed to 6 months had left early' from the count row at `horizon`; None without one."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("count") & rows["x"].eq(horizon) & rows["events"].notna() & rows["n"].notna()]
    if rows.empty:
        return None
    row = rows.iloc[0]
    left, everyone = words.number(row["events"]), words.number(row["n"])
    return f"{left} of {everyone} people followed to {when} had left early"


def change(table: pd.DataFrame, *, score_scale: bool = False) -> str:
    """Return how the last shown period compares with the one before: up or down only if their ranges lie apart."""
    rows = _shown(table)
    rows = rows[rows["lower"].notna() & rows["upper"].notna()]
    if len(rows) < 2:
        return ""
    before, last = rows.iloc[-2], rows.iloc[-1]
    since = words.period(str(before["level"]), short=True)
    value = words.score(before["estimate"]) if score_scale else words.percent(before["estimate"])
    if last["lower"] > before["upper"]:
        return f"Up from {value} in {since}"
    if last["upper"] < before["lower"]:
        return f"Down from {value} in {since}"
    return f"No clear change since {since}"


def widest(table: pd.DataFrame, horizon: float) -> Difference | None:
    """Return the difference between levels at `horizon` to speak of: the score bands' ends, else the widest clear one.

    With more than two categories the widest of several differences would often look clear by chance, so the
    log-rank row must agree (below 0.05). None if every difference is hidden.
    """
    rows = _shown(table)
    pairs = rows[rows["stat"].eq("difference") & rows["level"].str.contains("|", regex=False)]
    if pairs.empty:
        return None
    ends = pairs[pairs["level"].isin(["higher|lower", "lower|higher"])]
    if not ends.empty:
        return _difference(rows, ends.iloc[0], horizon)
    if set("|".join(pairs["level"]).split("|")) <= {"lower", "middle", "higher"}:
        return None
    clear = pairs[[excludes_zero(pair) for _, pair in pairs.iterrows()]]
    agreed = _test_agrees(rows, len(pairs))
    chosen = clear if agreed and not clear.empty else pairs
    found = _difference(rows, chosen.loc[chosen["estimate"].abs().idxmax()], horizon)
    if found is None or agreed:
        return found
    return Difference(found.high, found.low, found.more, found.less, clear=False)


def excludes_zero(row: pd.Series) -> bool:
    """Tell whether the range of a difference or slope lies on one side of zero."""
    return bool(row["lower"] > 0 or row["upper"] < 0)


def at(table: pd.DataFrame, x: float) -> pd.Series | None:
    """Return the share row that holds at `x`: the last at or before it on a stepped line, else exactly there."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("share")]
    stepped = rows[rows["shape"].eq("step")].sort_values("x")
    if stepped.empty:
        exact = rows[rows["x"] == x]
        return None if exact.empty else exact.iloc[0]
    before = stepped[stepped["x"] <= x]
    if before.empty or stepped["x"].max() < x:
        return None
    return before.iloc[-1]


def mean(table: pd.DataFrame) -> pd.Series | None:
    """Return the row of the mean score; None if it is not shown."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("mean") & rows["series"].isin(["", "mean"])]
    return None if rows.empty else rows.iloc[0]


def withheld(table: pd.DataFrame, what: str) -> str:
    """Return why `what` cannot be said: hidden, too early, not measured, not offered, or nobody."""
    statuses = set(table["status"]) if len(table) else set()
    if "immature" in statuses:
        return f"Too early to say {what}" if what.startswith(("how", "where", "why")) else f"Too early to show {what}"
    if "not_measured" in statuses:
        return f"{_capital(what)}: not measured"
    if "not_applicable" in statuses:
        return f"Not published for these filters: {what}"
    return f"Too few people to show {what}"


def _difference(rows: pd.DataFrame, row: pd.Series, horizon: float) -> Difference | None:
    """Return a difference row with the two shares it compares; None if one of them is not shown."""
    one, _, other = str(row["level"]).partition("|")
    shares = [at(rows[rows["level"] == level], horizon) for level in (one, other)]
    if shares[0] is None or shares[1] is None:
        return None
    first, second = float(shares[0]["estimate"]), float(shares[1]["estimate"])
    if row["estimate"] >= 0:
        return Difference(one, other, first, second, excludes_zero(row))
    return Difference(other, one, second, first, excludes_zero(row))


def _test_agrees(rows: pd.DataFrame, pairs: int) -> bool:
    """Tell whether the test over all groups allows a finding; one single pair needs no test beside its range."""
    if pairs == 1:
        return True
    test = rows[rows["stat"].eq("p_value")]
    return not test.empty and float(test["estimate"].iloc[0]) < 0.05


def _cell(table: pd.DataFrame, level: str) -> pd.Series | None:
    rows = _shown(table)
    rows = rows[rows["shape"].eq("cell") & rows["level"].eq(level)]
    return None if rows.empty else rows.iloc[0]


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"].isin(SHOWN)]


def _percent(row: pd.Series) -> str:
    return words.percent(row["estimate"], rough=row["status"] == "rough")


def _could_be_score(row: pd.Series) -> str:
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return ""
    return f" (could be {words.score_range(row['lower'], row['upper'])})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _a(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"


_TITLES = {
    "staying": staying,
    "staying_by": staying_by,
    "where": where,
    "reasons": reasons,
    "score": score,
    "bands": bands,
    "both_scores": both_scores,
    "dose": dose,
    "ratio": ratio,
    "funnel": funnel_of,
}
