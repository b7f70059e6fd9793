"""How to read each kind of figure: one paragraph of its own, then the glossary entries it rests on.

The drawings are described in English and said by `paragraphs`; the catalogue takes them from READINGS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dashboard.glossary import entry
from dashboard.language import say

_ENDS = re.compile(r"(?<=[.!?]) +(?=[A-ZÁÉÍÓÚÑ¿¡])")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the drawing shows, and the anchors of the words used, in the order of reading."""

    drawing: str
    anchors: tuple[str, ...]


READINGS = {
    "curve": Reading(
        "The line starts with everyone and steps down whenever somebody leaves early. The shaded band is the range of "
        "uncertainty; the dotted line marks six months. The numbers below say how many people the line rests on.",
        ("stayed", "left_early", "followed", "range", "staying_aside"),
    ),
    "curve_by_score": Reading(
        "Each line is a group of people with a similar early score, from day 30 on. The dotted line marks six months "
        "after the first session. A label reads the dot beside it, which stands earlier where a line stops before. "
        "Where bands overlap widely, the groups may not differ at all.",
        ("stayed", "since_day_30", "bands", "range", "association"),
    ),
    "curve_by_group": Reading(
        "Each line is one group, from the first session on. A label reads the dot beside it: at six months, or earlier "
        "where a line stops or is hidden before. Where bands overlap widely, the groups may not differ.",
        ("stayed", "followed", "range", "association"),
    ),
    "curve_aside": Reading(
        "This line answers another question: how many would still be here if leaving early were the only way to go.",
        ("staying_aside", "range"),
    ),
    "where": Reading(
        "Everyone is somewhere: on every day the parts add up to 100%. The top part are people who left early; "
        "everything below it counts as having stayed.",
        ("where_people_are", "left_early"),
    ),
    "reasons": Reading(
        "Bars are shares of the people whose time in the program ended within a year, by completing it or otherwise. "
        "The thin line at the end of a bar is the range of uncertainty. Grey: no reason was recorded.",
        ("left_early", "range", "hidden"),
    ),
    "scores": Reading(
        "Bars are shares of the people with an early score. The thin line at the end of a bar is the range of "
        "uncertainty. The cuts between lower, middle and higher are fixed.",
        ("alliance", "self_efficacy", "bands", "response"),
    ),
    "heatmap": Reading(
        "Each cell is a group of people: further right, higher early alliance; further up, higher early self-efficacy. "
        "Stronger colour: more people stayed. Striped cells are hidden.",
        ("since_day_30", "bands", "hidden", "association"),
    ),
    "funnel": Reading(
        "Each dot is a site or a coach: further right, more people; further up, more of them stayed. Small units "
        "differ more by chance than large ones, so the shaded range narrows. In the inner shade lie 95 of 100 units "
        "if nothing but chance is at work, in the outer 998 of 1,000. Diamonds lie outside the inner shade.",
        ("stayed", "left_early", "hidden"),
    ),
    "ratio": Reading(
        "Each dot is an answer to one question: how often did people leave early whose score was one step higher, "
        "compared with the others? Left of the line at 1: less often. The line through a dot is the range of "
        "uncertainty; where it crosses the line at 1 there may be no link. A step is the usual spread of scores (one "
        "standard deviation).",
        ("left_early", "since_day_30", "range", "association"),
    ),
    "dose": Reading(
        "Each dot is a group of people with similar scores, placed at their average score. The vertical line is the "
        "range of uncertainty. The dashed line is a straight-line summary.",
        ("since_day_30", "range", "association"),
    ),
    "months": Reading(
        "Each dot is the average score of the people rated in that month; month 1 is the first 30 days. The thick line "
        "follows the same people from month to month, so it rises only if their scores do. The dashed line is "
        "everybody still rated: it also rises when people with lower scores leave. The thin lines are people by how "
        "long they stayed. The numbers below say how many people each dot rests on.",
        ("over_months", "same_people", "lines_part", "reliable_change", "range"),
    ),
    "grid": Reading(
        "Each cell answers the same question with other choices: up and down, the day up to which a score counts; "
        "across, the days without contact after which somebody counts as having left. Under 1: less often. Stronger "
        "colour: further from 1. A cell without colour may mean no link. A step is the usual spread of scores on day "
        "30 (one standard deviation).",
        ("score_ratio", "left_early", "since_day_30", "association"),
    ),
    "along": Reading(
        "The line compares people at each score with people at the median score, where it is 1 by definition. Above "
        "the dotted line: they left early more often. Half and twice as often lie equally far from 1. Where the band "
        "holds the dotted line there may be no link.",
        ("bending_line", "left_early", "since_day_30", "range", "association"),
    ),
    "parts": Reading(
        "The first dot is everything that goes with a step higher in the early score, as people in every 100. The "
        "second is what goes through the later score, the third all the rest; the two add up to the first. Right of "
        "the dotted line: more people stay. Where a line crosses it, that part may be nothing.",
        ("through", "through_assumes", "held_equal", "range", "association"),
    ),
    "days": Reading(
        "Each dot is a group: further right, more days before leaving early. The line through a dot is the range of "
        "uncertainty. The differences between groups, with their ranges, are in the table.",
        ("days_stayed", "stayed", "range", "association"),
    ),
    "weeks": Reading(
        "Each bar is a week, the wide ones are averages of four weeks: of every 100 people still here at its start, "
        "how many leave early in it. People who have left are not counted again, so bars do not fall because fewer are "
        "left. The thin line at the end of a bar is the range of uncertainty.",
        ("leaving_by_week", "left_early", "followed", "range"),
    ),
    "milestones": Reading(
        "Each row is a half-year in which people enrolled, each column a time since their first session. Read down a "
        "column to see whether it changes. Where a cell says “Too early”, people at the end of that period have not "
        "been followed so long. Stronger colour: more people stayed.",
        ("stayed", "left_early", "range", "hidden"),
    ),
    "gaps": Reading(
        "Each dot answers the same question with another rule: how many days without contact count as having left. The "
        "coloured one is the rule of every other figure.",
        ("left_early", "stayed", "range"),
    ),
    "changes": Reading(
        "Each dot is the later period minus the earlier one: right of the dotted line the later is higher. The line is "
        "the range of uncertainty; where it crosses the dotted line there may be no change. Of eight indicators one "
        "may look changed by chance alone, so the title and the words in the table need more than one line that does "
        "not cross.",
        ("stayed", "started_and_engaged", "attendance", "response", "range"),
    ),
    "attendance": Reading(
        "Each full dot is the share of sessions attended, of those attended, missed without word or called off late. "
        "The ring beside it is the share of all planned sessions. The line is the full dot's range of uncertainty.",
        ("attendance", "range"),
    ),
    "caseload": Reading(
        "Each column is a calendar month: how many people came to a session in it. A gap is a month that is hidden. A "
        "month says nothing about who came: people come and go between months.",
        ("caseload", "attendance", "hidden"),
    ),
    "helping": Reading(
        "Each dot is a group of people with a similar early score, further right the more often they helped others "
        "later. Only events after day 30 count, so that the score comes first. The line is the range of uncertainty.",
        ("ripple", "since_day_30", "bands", "range", "association"),
    ),
    "generations": Reading(
        "Each bar is a number of people, counted once each. The second bar holds the third and the fourth: of those "
        "who came through somebody, some brought somebody in turn, and some came through a person who had come so.",
        ("generations", "ripple", "hidden"),
    ),
    "missing_scores": Reading(
        "The first dot is the answer among people who gave a score; the second lets them stand also for people like "
        "them who gave none. Below, everybody is in it: missing scores are guessed from people alike, then taken that "
        "many standard deviations (SD) lower or higher. Where the lines stay on one side of 1, the answer does not "
        "depend on who answered. With guesses the lines are somewhat too short.",
        ("without_score", "score_ratio", "range", "association"),
    ),
    "groups": Reading(
        "Each dot is the same ratio in one group of people. Groups differ by chance alone, small ones more: look at "
        "the title, which rests on one test for each trait with their number allowed for, and not at which lines cross "
        "1. The tests are in the table.",
        ("groups_of_people", "many_tests", "score_ratio", "range", "association"),
    ),
    "sessions": Reading(
        "Each dot answers the same question with a score that ends with another session. The clock starts at that "
        "session. They are several answers to one question, to see whether they agree; none is to be picked.",
        ("by_session", "score_ratio", "range", "association"),
    ),
    "exits": Reading(
        "Above, each dot compares people who are still here on a day: how often do they leave that way? Below, it "
        "compares all people: how many leave that way within the time? Where fewer leave early, more are there to "
        "complete, so the two may differ. Whether the score bands differ is tested in the table.",
        ("every_exit", "score_ratio", "range", "association"),
    ),
    "both_together": Reading(
        "The first two dots are the ratio of one score where the other is average. The third says how each ratio "
        "changes where the other score is one step higher: at 1 they do not change each other. On the scale of people "
        "the answer may be another one; it stands above the drawing.",
        ("both_scores", "score_ratio", "range", "association"),
    ),
    "lagged": Reading(
        "The first dot compares people whose ratings so far are a step higher than those of others. The second "
        "compares days on which a person's last rating is a step above their own ratings before. Left of the dotted "
        "line: leaving early was less common. A step is the usual spread of early scores (one standard deviation).",
        ("within_and_between", "lagged_score", "left_early", "range", "association"),
    ),
    "missed": Reading(
        "The dot says how far a person's ratings after a missed session lie from the same person's other ratings, "
        "what is usual at that time taken off. Left of the dotted line: lower. The axis holds half the usual spread of "
        "scores to both sides, so that a small difference looks small.",
        ("after_missed", "within_and_between", "range", "association"),
    ),
    "together": Reading(
        "Between people: are those with a higher mean of one score higher in the other too? Within a person: are both "
        "above the person's own mean in the same week? At 0 there is no link, at 1 they always go together. The two "
        "may differ in size and in direction.",
        ("paired_ratings", "within_and_between", "range", "association"),
    ),
}


def paragraphs(kind: str) -> list[tuple[str, str, str]]:
    """Return (lead, text, anchor) of a kind's reading, as it is said; KeyError for an unknown kind.

    The first has no anchor.
    """
    reading = READINGS[kind]
    known: set[str] = set()
    told = [(say("The drawing"), say(reading.drawing), "")]
    words = map(entry, reading.anchors)
    return told + [(say(one.term), once(f"{say(one.plain)} {say(one.counted)}", known), one.anchor) for one in words]


def once(text: str, known: set[str]) -> str:
    """Return the sentences of a text that are not `known`, and take them up there: no paragraph says one twice."""
    told = []
    for sentence in _ENDS.split(text):
        if sentence not in known:
            told.append(sentence)
            known.add(sentence)
    return " ".join(told)
