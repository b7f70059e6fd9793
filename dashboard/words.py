"""How numbers, codes and periods are written for a person: whole percents, one decimal for scores, plain names."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dashboard.language import noted, say, say_many

BAND_NAMES = {
    "lower": noted("Lower"),
    "middle": noted("Middle"),
    "higher": noted("Higher"),
    "no_score": noted("No score"),
    "left_before": noted("Left before day 30"),
}
WHERE_NAMES = {
    "in_program": noted("Still in the program"),
    "completed": noted("Completed"),
    "moved_on": noted("Moved on to other support"),
    "left_early": noted("Left early"),
    "other_exit": noted("Other reasons"),
}
EXIT_NAMES = {
    "completed": noted("Completed the program"),
    "dropped_out": noted("Stopped coming"),
    "gap": noted("Stopped coming, no exit recorded"),
    "no_exit_recorded": noted("Stopped coming, no exit recorded"),
    "administrative": noted("Closed by the program"),
    "rule_violation": noted("Asked to leave"),
    "transferred": noted("Moved on to other support"),
    "incarcerated": noted("In jail or prison"),
    "died": noted("Died"),
    "hospitalised": noted("In hospital"),
    "moved": noted("Moved away"),
    "other": noted("Reason not recorded"),
    "unknown": noted("Reason not recorded"),
    "not_recorded": noted("Reason not recorded"),
}
NOT_RECORDED = ("other", "unknown", "not_recorded", "gap", "no_exit_recorded")
CONSTRUCT_NAMES = {
    "alliance": noted("alliance"),
    "self_efficacy": noted("self-efficacy"),
    "empathy": noted("empathy"),
    "empowerment": noted("empowerment"),
    "recovery_capital": noted("recovery capital"),
}
MONTH_NAMES = (
    noted("January"),
    noted("February"),
    noted("March"),
    noted("April"),
    noted("May"),
    noted("June"),
    noted("July"),
    noted("August"),
    noted("September"),
    noted("October"),
    noted("November"),
    noted("December"),
)
DIMENSION_NOUNS = {
    "cohort": noted("half-year of enrolment"),
    "enrol_quarter": noted("quarter of enrolment"),
    "referral_source": noted("who referred them"),
}
"""Dimensions whose label does not read on after 'by'."""
REASONS = {
    "below_threshold": noted("Hidden: too few people"),
    "few_people": noted("Hidden: too few people"),
    "few_events": noted("Hidden: too few exits"),
    "not_fitted": noted("Could not be worked out"),
    "none_missing": noted("Everybody has a score"),
    "range_includes_one": noted("Not clear to begin with"),
    "never_tips": noted("No shift does"),
    "known_later": noted("Known only later"),
}
"""Why a row carries no number, by its reason."""
STATUSES = {"hidden": noted("Hidden"), "immature": noted("Too early"), "not_measured": noted("Not measured")}
_MONTHS = (noted("January–March"), noted("April–June"), noted("July–September"), noted("October–December"))
_SHORT_MONTHS = (noted("Jan–Mar"), noted("Apr–Jun"), noted("Jul–Sep"), noted("Oct–Dec"))
_HALVES = (noted("January–June"), noted("July–December"))
_SHORT_HALVES = (noted("Jan–Jun"), noted("Jul–Dec"))
_FRACTIONS = (
    (0.1, noted("1 in 10")),
    (0.2, noted("1 in 5")),
    (0.25, noted("1 in 4")),
    (0.3, noted("3 in 10")),
    (1 / 3, noted("1 in 3")),
    (0.4, noted("4 in 10")),
    (0.5, noted("half")),
    (0.6, noted("6 in 10")),
    (2 / 3, noted("2 in 3")),
    (0.7, noted("7 in 10")),
    (0.75, noted("3 in 4")),
    (0.8, noted("8 in 10")),
    (0.9, noted("9 in 10")),
)


def number(value: float) -> str:
    """Return a count such as '1,284'; halves are rounded away from zero."""
    return f"{_round(value):,}"


def people(value: float) -> str:
    """Return '1,284 people' or '1 person'."""
    return say_many("{number} person", "{number} people", _round(value), number=number(value))


def percent(share: float, *, rough: bool = False) -> str:
    """Return a share from 0 to 1 as a whole percent, '~' before a rough one, 'under 1%' and 'over 99%' at the ends."""
    if 0 < share < 0.005:
        return say("under 1%")
    if 0.995 < share < 1:
        return say("over 99%")
    return f"{'~' if rough else ''}{_round(100 * share)}%"


def percent_range(lower: float, upper: float) -> str:
    """Return '42% to 48%'; one value if both round to the same."""
    low, high = percent(lower), percent(upper)
    return low if low == high else between(low, high)


def between(lower: str, upper: str) -> str:
    """Return the two ends of a range as '42% to 48%'."""
    return say("{lower} to {upper}", lower=lower, upper=upper)


def score(value: float) -> str:
    """Return a score with one decimal."""
    return f"{value:.1f}"


def score_range(lower: float, upper: float) -> str:
    """Return '4.1 to 4.2', with as many decimals as the score itself: a narrow range has the same at both ends."""
    return between(score(lower), score(upper))


def ratio(value: float) -> str:
    """Return a ratio with two decimals."""
    return f"{value:.2f}"


def ratio_range(lower: float, upper: float) -> str:
    """Return '0.66 to 0.83'."""
    return between(ratio(lower), ratio(upper))


def points(value: float) -> str:
    """Return points of a score without their sign, with two figures that count: '0.23', '0.012', '1.4'."""
    size = abs(value)
    return f"{size:.1f}" if size >= 1 else f"{size:.2f}" if size >= 0.095 else f"{size:.3f}"


def signed(value: float) -> str:
    """Return a number with one decimal and its sign, none for zero: '+2.4', '−0.1', '0.0'."""
    text = f"{abs(value):.1f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else '−'}{text}"


def correlation(value: float) -> str:
    """Return a correlation with two decimals, '−' before a negative one: '0.27', '−0.05', '0.00'."""
    text = f"{abs(value):.2f}"
    return f"−{text}" if value < 0 and float(text) else text


def p_value(value: float) -> str:
    """Return a p-value with three decimals; 'under 0.001' below that."""
    return f"{value:.3f}" if value >= 0.001 else say("under 0.001")


def of_100(value: float) -> str:
    """Return a number of people per 100 without its sign: 'about 25', 'less than 1' below a half."""
    return say("less than 1") if abs(value) < 0.5 else say("about {number}", number=number(abs(value)))


def of_100_range(lower: float, upper: float) -> str:
    """Return '9 to 19' for a range of people per 100 that is not negative; with one decimal where an end is under 1."""
    decimals = 1 if lower < 1 else 0
    return between(*(f"{end:.{decimals}f}" for end in (lower, upper)))


def about(share: float) -> str:
    """Return a natural frequency: 'About half of people', 'About 6 in 10 people', 'Almost all people'."""
    if share >= 0.95:
        return say("Almost all people")
    if share < 0.05:
        return say("Fewer than 1 in 20 people")
    share = round(share, 2)
    # Of two fractions equally near, the one nearer to half; the sums are rounded so that a tie is a tie.
    _, phrase = min(_FRACTIONS, key=lambda fraction: (round(abs(fraction[0] - share), 6), abs(fraction[0] - 0.5)))
    if phrase == "half":
        return say("About half of people")
    return say("About {share} people", share=say(phrase))


def name(code: str, names: Mapping[str, str] | None = None) -> str:
    """Return the words for a code: the caller's names first, then ours, then the code with spaces."""
    for known in (names or {}, BAND_NAMES, WHERE_NAMES, EXIT_NAMES):
        if code in known:
            return say(known[code])
    return period(code) if is_period(code) else code.replace("_", " ")


def why_not(status: str, reason: str) -> str:
    """Return why a row carries no number: its reason in words, else its status."""
    return say(REASONS.get(reason) or STATUSES.get(status, noted("Not available")))


def is_period(code: str) -> bool:
    """Tell whether `code` is a quarter ('2026-Q2') or half-year ('2024-H1')."""
    return len(code) == 7 and code[4:6] in ("-Q", "-H") and code[:4].isdigit() and code[6].isdigit()


def period(code: str, *, short: bool = False) -> str:
    """Return 'April–June 2026' for '2026-Q2' and 'January–June 2024' for '2024-H1'; other text is returned as it is."""
    if not is_period(code):
        return code
    quarters, halves = (_SHORT_MONTHS, _SHORT_HALVES) if short else (_MONTHS, _HALVES)
    months = (quarters if code[5] == "Q" else halves)[int(code[6]) - 1]
    if short:
        return say("{months} {year}", months=say(months), year=code[:4])
    return say("{month} {year}", month=say(months), year=code[:4])


def start_of(code: str) -> str:
    """Return the first month of a period, 'July 2024' for '2024-H2'; other text is returned as it is."""
    if not is_period(code):
        return code
    months = 3 if code[5] == "Q" else 6
    return month(f"{code[:4]}-{1 + months * (int(code[6]) - 1):02d}")


def month(code: str, *, short: bool = False) -> str:
    """Return 'March 2026' or 'Mar 2026' for '2026-03'; other text is returned as it is."""
    year, _, number_of_month = code.partition("-")
    if len(code) != 7 or not (year.isdigit() and number_of_month.isdigit() and 1 <= int(number_of_month) <= 12):
        return code
    name_of_month = say(MONTH_NAMES[int(number_of_month) - 1])
    if short:
        return say("{months} {year}", months=name_of_month[:3], year=year)
    return say("{month} {year}", month=name_of_month, year=year)


def joined(parts: list[str]) -> str:
    """Return 'a', 'a and b' or 'a, b and c'."""
    if len(parts) < 2:
        return "".join(parts)
    return say("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def _round(value: float) -> int:
    return int(math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1))
