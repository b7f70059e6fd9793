"""The sentence that an estimate table supports: a finding only where the range of a difference excludes zero.

Every function is pure and returns plain text for a title, ending without a full stop. A number in a sentence
is a cell of the table it was given. "Stayed" means: had not left early (people who completed have stayed).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from dashboard import clear, words
from dashboard.estimate_rows import SHOWN, Difference, at, cell, excludes_zero, mean, only_group, shown, widest
from dashboard.funnel import funnel
from dashboard.language import noted, say, say_many

__all__ = ["SHOWN", "Difference", "at", "excludes_zero", "mean", "widest"]

FULL_SIZE = 30
"""People needed in each corner before the heat map's corners are compared in words."""
BANDS, FEW = 3, 0.15
"""How many score bands there are, and the share of people from which scores are said to be spread over all of them."""
SIX_MONTHS = noted("6 months")
TABLE_BELOW = noted("Full numbers are in the table under the chart.")
CAUTION = noted(
    "People with higher early scores may differ in other ways that also go with staying. "
    "These figures show what goes together, not what brings what about."
)
_BANDS = {
    (True, False): noted("People with {high} {what} stayed longer: {more} to {when}, against {less} with {low}"),
    (True, True): noted(
        "Among {among}, those with {high} {what} stayed longer: {more} to {when}, against {less} with {low}"
    ),
    (False, False): noted(
        "No clear difference at {when} between people with {high} ({more}) and {low} ({less}) {what}"
    ),
    (False, True): noted(
        "Among {among}, no clear difference at {when} between those with {high} ({more}) and {low} ({less}) {what}"
    ),
}
"""How score groups compare, by whether it is clear and whether it is said among whom."""
_WHERE = {
    "in_program": noted("{share} are still in the program"),
    "completed": noted("{share} have completed it"),
    "left_early": noted("{share} left early"),
}


def title(kind: str, table: pd.DataFrame, **about: object) -> str:
    """Return the title of a figure of `kind`; KeyError for an unknown kind.

    Kinds: staying, staying_by, where, reasons, score, bands, both_scores, dose, ratio, funnel.
    """
    return _TITLES[kind](table, **about)


def alt(figure_title: str) -> str:
    """Return the text alternative of a figure: its title and where the numbers are."""
    return f"{figure_title}. {say(TABLE_BELOW)}"


def staying(table: pd.DataFrame, *, horizon: float = 180, when: str = SIX_MONTHS) -> str:
    """Return 'About half of people stayed to 6 months (48%)', or what can be said instead."""
    row = at(table, horizon)
    if row is None:
        return withheld(table, say("how many stayed to {when}", when=say(when)), asks=True)
    many = words.about(row["estimate"])
    return say("{many} stayed to {when} ({share})", many=many, when=say(when), share=_percent(row))


def nothing_beside(group: str, names: Mapping[str, str] | None = None) -> str:
    """Return the title of a comparison of which a filter left one group."""
    return say("Only {group} is shown: take its filter off to compare", group=words.name(group, names))


def staying_by(
    table: pd.DataFrame,
    *,
    what: str,
    names: Mapping[str, str] | None = None,
    horizon: float = 180,
    when: str = SIX_MONTHS,
    bands: bool = False,
    among: str = "",
) -> str:
    """Return the title of curves split by `what` ('early alliance', 'main substance'); `bands` for score groups.

    `among` names who is counted where no subtitle does: 'people still in the program on day 30'.
    """
    difference = widest(table, horizon)
    if difference is None:
        if not bands and (alone := only_group(table)):
            return nothing_beside(alone, names)
        return say("Too few people to compare staying by {what}", what=what)
    if not difference.clear and not bands:
        return say("No clear difference in staying to {when} by {what}", when=say(when), what=what)
    high, low = words.name(difference.high, names), words.name(difference.low, names)
    known = {
        "what": what,
        "when": say(when),
        "more": words.percent(difference.more),
        "less": words.percent(difference.less),
    }
    if bands:
        said = say(_BANDS[difference.clear, bool(among)], among=among, high=high.lower(), low=low.lower(), **known)
    else:
        said = say(
            "Staying differs by {what}: {more} ({high}) against {less} ({low}) stayed to {when}",
            high=high, low=low, **known,
        )  # fmt: skip
    return said


def where(table: pd.DataFrame, *, horizon: float = 180, when: str = SIX_MONTHS) -> str:
    """Return where people are at the horizon: still here, completed, left early."""
    rows = {code: at(table[table["series"] == code], horizon) for code in _WHERE}
    parts = [say(_WHERE[code], share=_percent(row)) for code, row in rows.items() if row is not None]
    if not parts and table[table["series"].isin(list(_WHERE))]["status"].isin(SHOWN).any():
        return say("Too few people are followed to {when} to say where people are then", when=say(when))
    if not parts:
        return withheld(table, say("where people are"), asks=True)
    return say("At {when}, {parts}", when=say(when), parts=words.joined(parts))


def reasons(table: pd.DataFrame, *, names: Mapping[str, str] | None = None) -> str:
    """Return the most common recorded reason for leaving, if its range stands clear of the next one's."""
    bars = shown(table)
    bars = bars[bars["stat"].eq("share") & ~bars["level"].isin(words.NOT_RECORDED)]
    bars = bars.sort_values("estimate", ascending=False)
    if bars.empty:
        return withheld(table, say("why people left"), asks=True)
    first = bars.iloc[0]
    if len(bars) > 1 and not first["lower"] > bars.iloc[1]["upper"]:
        return say("No one recorded reason stands out")
    if first["level"] == "completed":
        return say("The most common recorded reason is completing the program ({share})", share=_percent(first))
    reason = words.name(str(first["level"]), names).lower()
    return say("The most common recorded reason is “{reason}” ({share})", reason=reason, share=_percent(first))


def score(table: pd.DataFrame, *, what: str, scale: tuple[float, float] | None = None) -> str:
    """Return 'On average, early alliance is 4.1 out of 5 (could be 4.0 to 4.2)'."""
    row = mean(table)
    if row is None:
        return withheld(table, what)
    value = words.score(row["estimate"])
    if scale:
        said = say("On average, {what} is {value} out of {top}", what=what, value=value, top=f"{scale[1]:g}")
    else:
        said = say("On average, {what} is {value}", what=what, value=value)
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return said
    return could_be(said, words.score_range(row["lower"], row["upper"]))


def bands(table: pd.DataFrame, *, what: str) -> str:
    """Return how many people are in the largest score band, or in the smallest where that alone stands out."""
    rows = shown(table)
    rows = rows[rows["series"].eq("band")]
    if rows.empty:
        return withheld(table, what)
    top = rows.loc[rows["estimate"].idxmax()]
    others = rows[rows["level"] != top["level"]]["upper"].max()
    if len(rows) > 1 and not top["lower"] > others:
        return _no_largest_band(rows, what)
    return say(
        "{many} have a {band} {what} score ({share})",
        many=words.about(top["estimate"]),
        band=words.name(str(top["level"])).lower(),
        what=what,
        share=_percent(top),
    )


def _no_largest_band(rows: pd.DataFrame, what: str) -> str:
    """Return what shares say of which none is clearly the largest."""
    least = rows.loc[rows["estimate"].idxmin()]
    others = rows[rows["level"] != least["level"]]
    if len(rows) == BANDS and least["estimate"] >= FEW:
        shares = {level: _percent(row) for level, (_, row) in zip(rows["level"], rows.iterrows(), strict=True)}
        return say(
            "{what} scores are spread: {lower} lower, {middle} middle, {higher} higher", what=capital(what), **shares
        )
    if len(rows) == BANDS and least["upper"] < others["lower"].min():
        band = words.name(str(least["level"])).lower()
        return say("Few people have a {band} {what} score ({share})", band=band, what=what, share=_percent(least))
    return say("No band of {what} scores is clearly the most common", what=what)


def both_scores(table: pd.DataFrame, *, when: str = SIX_MONTHS) -> str:
    """Return the heat map's title; the corners are compared only if both are shown, large enough and clearly apart."""
    high, low = (cell(table, f"{level}|{level}") for level in ("higher", "lower"))
    gap = shown(table)
    gap = gap[gap["stat"].eq("difference")]
    if high is None or low is None or not corners_compared(table):
        return say("Staying by early alliance and early self-efficacy together: too few people to compare")
    shares = {"high": _percent(high), "low": _percent(low)}
    if not excludes_zero(gap.iloc[0]):
        return say(
            "No clear difference at {when} between people with both early scores higher ({high}) and both lower "
            "({low})",
            when=say(when),
            **shares,
        )
    return say(
        "When early alliance and self-efficacy are both higher, {high} stay to {when}; when both are lower, {low} do",
        when=say(when),
        **shares,
    )


def corners_compared(table: pd.DataFrame) -> bool:
    """Tell whether the heat map's corners are shown and large enough for words, and their difference is shown."""
    rows = [cell(table, f"{level}|{level}") for level in ("higher", "lower")]
    large = all(row is not None and row["n"] >= FULL_SIZE and row["status"] != "rough" for row in rows)
    return large and bool(shown(table)["stat"].eq("difference").any())


def dose(table: pd.DataFrame, *, what: str, when: str = SIX_MONTHS) -> str:
    """Return the slope in words: people in every 100 per score point, only if its range excludes zero."""
    rows = shown(table)
    slope = rows[rows["stat"].eq("slope")]
    if slope.empty:
        return say("Too few people to say whether {what} goes with staying to {when}", what=what, when=say(when))
    row = slope.iloc[0]
    if not excludes_zero(row):
        return say("No clear link between {what} and staying to {when}", what=what, when=say(when))
    said = say(
        "Each extra point of {what} goes with {people} in every 100 staying to {when}",
        what=what,
        people=more_people(row["estimate"]),
        when=say(when),
    )
    return could_be(said, words.of_100_range(*sorted(abs(row[name]) for name in ("lower", "upper"))))


def funnel_of(table: pd.DataFrame, *, plural: str) -> str:
    """Return how many units lie within the range of chance, and how many chance alone would put outside."""
    found = funnel(table)
    if found is None:
        return say("Too few {plural} with enough people to compare them with chance", plural=plural)
    total = len(found.dots)
    if found.within == total:
        return say("All {total} {plural} are within the range that chance alone would give", total=total, plural=plural)
    return say(
        "{within} of {total} {plural} are within the range that chance alone would give",
        within=found.within,
        total=total,
        plural=plural,
    )


def ratio(table: pd.DataFrame, *, what: str) -> str:
    """Return how leaving early goes with a score when recorded differences are held equal, if the range excludes 1.

    Where the ratio changes over time the days are said instead, which need no ratio that stays the same; where the
    model could not be fitted none of its answers is.
    """
    rows = shown(table)
    held = rows[rows["stat"].eq("ratio") & rows["series"].eq("adjusted")]
    if held.empty and "not_measured" in set(table["status"]):
        return withheld(table, say("leaving early by {what}", what=what))
    if held.empty:
        return say(
            "Too few people to say whether {what} still goes with leaving early, other differences held equal",
            what=what,
        )
    row = held.iloc[0]
    if clear.ratio_changes(rows):
        return _days(rows, what)
    if pd.isna(row["lower"]):
        return say("Leaving early by {what}, other differences held equal: too few coaches for a range", what=what)
    if row["lower"] <= 1 <= row["upper"]:
        return say(
            "No clear link between {what} and leaving early once other recorded differences are held equal", what=what
        )
    said = say(_STEP["less" if row["estimate"] < 1 else "more"], what=what, ratio=words.ratio(row["estimate"]))
    return could_be(said, words.ratio_range(row["lower"], row["upper"]))


_STEP = {
    "less": noted(
        "Other recorded differences held equal, people one step higher in {what} still left early less often: "
        "{ratio} times as often"
    ),
    "more": noted(
        "Other recorded differences held equal, people one step higher in {what} still left early more often: "
        "{ratio} times as often"
    ),
    "longer": noted(
        "Other recorded differences held equal, people one step higher in {what} stayed about {number} days longer of "
        "the {days} days after day 30"
    ),
    "shorter": noted(
        "Other recorded differences held equal, people one step higher in {what} stayed about {number} days less long "
        "of the {days} days after day 30"
    ),
}
"""How people one step higher compare: how often they left early, or how many days they stayed."""


def _days(rows: pd.DataFrame, what: str) -> str:
    """Return how many days longer people stay who are one step higher, where the ratio changes over time."""
    found = rows[rows["stat"].eq("difference") & rows["series"].eq("days")]
    if found.empty or pd.isna(found["lower"].iloc[0]):
        return say(
            "How leaving early goes with {what} changes over time, so that no one number holds: see the curves",
            what=what,
        )
    row = found.iloc[0]
    days = words.number(row["x"])
    if not excludes_zero(row):
        return say(
            "No clear link between {what} and how long people stay of the {days} days after day 30, other recorded "
            "differences held equal",
            what=what,
            days=days,
        )
    way = "longer" if row["estimate"] > 0 else "shorter"
    said = say(_STEP[way], what=what, days=days, number=words.number(abs(row["estimate"])))
    low, high = sorted(abs(row[name]) for name in ("lower", "upper"))
    return could_be(said, words.between(words.number(low), words.number(high)))


def small_group(table: pd.DataFrame, *, horizon: float = 180, when: str = SIX_MONTHS) -> str | None:
    """Return '6 of 17 people followed to 6 months had left early' from the count row at `horizon`; None without one."""
    rows = shown(table)
    rows = rows[rows["stat"].eq("count") & rows["x"].eq(horizon) & rows["events"].notna() & rows["n"].notna()]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return say(
        "{left} of {everyone} people followed to {when} had left early",
        left=words.number(row["events"]),
        everyone=words.number(row["n"]),
        when=say(when),
    )


def change(table: pd.DataFrame, *, score_scale: bool = False) -> str:
    """Return how the last shown period compares with the one before: up or down only if their ranges lie apart."""
    rows = shown(table)
    rows = rows[rows["lower"].notna() & rows["upper"].notna()]
    if len(rows) < 2:
        return ""
    before, last = rows.iloc[-2], rows.iloc[-1]
    since = words.period(str(before["level"]), short=True)
    value = words.score(before["estimate"]) if score_scale else words.percent(before["estimate"])
    if last["lower"] > before["upper"]:
        return say("Up from {value} in {since}", value=value, since=since)
    if last["upper"] < before["lower"]:
        return say("Down from {value} in {since}", value=value, since=since)
    return say("No clear change since {since}", since=since)


def withheld(table: pd.DataFrame, what: str, *, asks: bool = False) -> str:
    """Return why `what` cannot be said: hidden, too early, not measured, not offered, or nobody.

    `what` is a thing shown, in the language spoken; with `asks` a question: 'how many stayed'.
    """
    statuses = set(table["status"]) if len(table) else set()
    if "immature" in statuses:
        return say("Too early to say {what}", what=what) if asks else say("Too early to show {what}", what=what)
    if "not_measured" in statuses:
        return say("{what}: not measured", what=capital(what))
    if "not_applicable" in statuses:
        return say("Not published for these filters: {what}", what=what)
    return say("Too few people to show {what}", what=what)


def could_be(said: str, between: str) -> str:
    """Return a number, or the sentence that says it, with its range in words."""
    return say("{said} (could be {between})", said=said, between=between)


def range_of(row: pd.Series, said: Callable[[float, float], str]) -> str:
    """Return 'Could be 42% to 48%', the range as `said` writes it; nothing without one."""
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return ""
    return say("Could be {range}", range=said(row["lower"], row["upper"]))


def more_people(value: float) -> str:
    """Return a difference in people per 100: 'about 25 more people', 'less than 1 fewer person'."""
    count, some = words.of_100(value), 1 if abs(value) < 1.5 else 2
    if value > 0:
        return say_many("{count} more person", "{count} more people", some, count=count)
    return say_many("{count} fewer person", "{count} fewer people", some, count=count)


def paragraph(*sentences: str) -> str:
    """Return whole sentences one after another, without those that are empty."""
    return " ".join(sentence for sentence in sentences if sentence)


def capital(text: str) -> str:
    """Return a text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def _percent(row: pd.Series) -> str:
    return words.percent(row["estimate"], rough=row["status"] == "rough")


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
