"""Sentences on checks of a ratio and on its parts: other choices, a line that may bend, a part through a later score.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard import words
from dashboard.clear import BENDS
from dashboard.language import noted, say
from dashboard.sentences import SHOWN, excludes_zero, more_people, withheld

NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the answers of a table are called that differ in one choice, and how they are said to agree.

    `none` names them where there are none; `alike` has the text for less and for more common.
    """

    none: str
    alike: tuple[str, str]
    unclear: str
    opposite: str


CHOICES = Choice(
    none=noted("{what} under other choices"),
    alike=(
        noted("{answers}: under every choice, people one step higher in {what} left early less often"),
        noted("{answers}: under every choice, people one step higher in {what} left early more often"),
    ),
    unclear=noted("{answers}, none of them clear: no clear link of {what} under any choice"),
    opposite=noted("The answer for {what} depends on the choice: the {shown} answers lie between {low} and {high}"),
)
_ALONE = (
    noted("{answers}: people one step higher in {what} left early less often"),
    noted("{answers}: people one step higher in {what} left early more often"),
)
"""What is said of the one answer that can be shown: less or more common."""
_LIE = {
    ("both", "all", "same"): noted("Both answers are {low}"),
    ("both", "all", "apart"): noted("Both answers lie between {low} and {high}"),
    ("both", "some", "same"): noted("Both answers that can be shown (of {total}) are {low}"),
    ("both", "some", "apart"): noted("Both answers that can be shown (of {total}) lie between {low} and {high}"),
    ("more", "all", "same"): noted("All {shown} answers are {low}"),
    ("more", "all", "apart"): noted("All {shown} answers lie between {low} and {high}"),
    ("more", "some", "same"): noted("All {shown} answers that can be shown (of {total}) are {low}"),
    ("more", "some", "apart"): noted("All {shown} answers that can be shown (of {total}) lie between {low} and {high}"),
}
"""Where the answers lie: how many, whether those are all there are, and whether they are the same."""


def choices(table: pd.DataFrame, *, what: str) -> str:
    """Return between which ratios all answers lie, and whether all their ranges exclude 1 on the same side."""
    return agreement(table, table[table["stat"].eq("ratio") & table["x"].notna()], CHOICES, what=what)


def agreement(table: pd.DataFrame, cells: pd.DataFrame, choice: Choice, *, what: str) -> str:
    """Return what the answers `cells` of a table say together; they differ in the `choice` under which they hold."""
    rows = cells[cells["status"].isin(SHOWN)]
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say(choice.none, what=what))
        return say("Too few people to say whether the answer for {what} depends on our choices", what=what)
    low, high = words.ratio(rows["estimate"].min()), words.ratio(rows["estimate"].max())
    answers = _lie(len(rows), len(cells), low, high)
    without = rows["lower"].isna() | rows["upper"].isna()
    less, more = rows["upper"].lt(1), rows["lower"].gt(1)
    if without.all():
        return say("{answers}; too few coaches for their ranges", answers=answers)
    if less.all() or more.all():
        texts = _ALONE if len(rows) == 1 else choice.alike
        return say(texts[0] if less.all() else texts[1], answers=answers, what=what)
    if not (less.any() or more.any()):
        return say(choice.unclear, answers=answers, what=what)
    if less.any() and more.any():
        return say(choice.opposite, what=what, shown=len(rows), low=low, high=high)
    return say(
        "{answers}; for {number} of them the range includes no link with {what}",
        answers=answers,
        number=int((~(less | more)).sum()),
        what=what,
    )


def _lie(shown: int, total: int, low: str, high: str) -> str:
    """Return where `shown` of `total` answers lie."""
    if shown == 1:
        return say("The one answer that can be shown (of {total}) is {low}", total=total, low=low)
    case = ("both" if shown == 2 else "more", "all" if shown == total else "some", "same" if low == high else "apart")
    return say(_LIE[case], shown=shown, total=total, low=low, high=high)


def along(table: pd.DataFrame, *, what: str) -> str:
    """Return whether the line bends, and whether it is clear that leaving early goes with the score at all."""
    rows = table[table["status"].isin(SHOWN)]
    line = rows[rows["stat"].eq("ratio") & rows["shape"].eq("line")].sort_values("x")
    if line.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("{what} along the scale", what=what))
        return say("Too few people left early to draw a line along {what}", what=what)
    ends = [line.iloc[0], line.iloc[-1]]
    test = rows[rows["series"].eq("bend") & rows["stat"].eq("p_value")]
    if test.empty:
        return say("The scores of {what} are too alike for a line that may bend: it is drawn straight", what=what)
    if test["estimate"].iloc[0] < BENDS:
        return say("The line bends: leaving early does not go with {what} alike all along the scale", what=what)
    if ends[0]["lower"] > 1 and ends[1]["upper"] < 1:
        return say("The higher {what}, the less often people left early: no sign that the line bends", what=what)
    if ends[0]["upper"] < 1 and ends[1]["lower"] > 1:
        return say("The higher {what}, the more often people left early: no sign that the line bends", what=what)
    return say("No clear link along the scale of {what}, and no sign that the line bends", what=what)


def through(table: pd.DataFrame, *, first: str, later: str) -> str:
    """Return how many people in every 100 go with the early score through the later one, if the range excludes zero."""
    rows = table[table["status"].isin(SHOWN) & table["stat"].eq("difference")].set_index("series")
    if "indirect" not in rows.index:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("from early {first} through {later} to staying", first=first, later=later))
        return say("Too few people to part what goes with early {first}", first=first)
    part = rows.loc["indirect"]
    if pd.isna(part["lower"]):
        return say(
            "From early {first} through later {later} to staying: too few coaches for a range", first=first, later=later
        )
    if not excludes_zero(part):
        return say("No clear part of what goes with early {first} goes through later {later}", first=first, later=later)
    people = more_people(part["estimate"])
    if "total" in rows.index and not excludes_zero(rows.loc["total"]):
        return say(
            "Through later {later}, a step higher in early {first} goes with {people} in every 100 staying; in total "
            "no clear link",
            first=first,
            later=later,
            people=people,
        )
    return say(
        "Through later {later}, a step higher in early {first} goes with {people} in every 100 staying",
        first=first,
        later=later,
        people=people,
    )
