"""Life tables of the release: on a fixed grid, a step only where enough new events stand behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.disclosure.ledger import Value
from pipelines.disclosure.plan import Period
from pipelines.disclosure.press import Cell, Press, Sheet
from pipelines.disclosure.spec import PEOPLE, Spec


def curves(sheet: Sheet) -> Iterator[Cell]:
    """Print the life table of every cell of at most one dimension, day by day of the declared grid."""
    endpoint, period = sheet.spec.endpoint, sheet.period
    days = [day for day in sheet.spec.grid if _is_followed(sheet, day)]
    people, allowed = sheet.counts(PEOPLE), sheet.allowed()
    events = [sheet.counts(f"{endpoint}@{day}") for day in days]
    censored = [sheet.counts(f"{endpoint}!{day}") for day in days]
    for i, (text, categories) in enumerate(sheet.grid()):
        if "left_before" in categories.values():
            continue
        # Where coaches forbid it no point is added; those that were published before are copied all the same.
        n, stopped = sheet.press.shown[text], not allowed[i]
        line = CurveLine(sheet.press, sheet.spec, period, text, people[i], n, stopped=stopped, may_add=sheet.may_add)
        for day, e, c in zip(days, events, censored, strict=True):
            values, copied = line.at(day, e[i], c[i])
            true = (people[i], e[i], c[i])
            yield Cell("curves", text, categories, endpoint, day, values, true, allowed[i], copied)


def _is_followed(sheet: Sheet, day: int) -> bool:
    """Tell whether a curve may reach a day: a block once everybody is followed, a range with people censored."""
    if sheet.period.is_range or (f"{sheet.spec.endpoint}@{day}", sheet.period.label) in sheet.press.ledger.blocks:
        return True
    return all(sheet.truth.shortest_follow_up[block] >= day for block in sheet.period.blocks)


@dataclass(slots=True)
class CurveLine:
    """One life table on its way through the grid: what was drawn last, true and printed, and whether it stopped."""

    press: Press
    spec: Spec
    period: Period
    text: str
    people: int
    printed_people: int | None
    drawn: tuple[int, int] = (0, 0)
    taken: tuple[int, int] = (0, 0)
    stopped: bool = False
    may_add: bool = True

    def at(self, day: int, events: int, censored: int) -> tuple[tuple[float | None, ...], bool]:
        """Return printed people, events and censored people at `day`, all None where held or stopped, and if copied."""
        measure = f"{self.spec.endpoint}@{day}"
        known = self.press.known(self.text, measure)
        value: Value = None
        if known:
            value = self.press.copied(self.text, measure)
        elif self.may_add:
            value = self._value(day, events, censored)
            self.press.note(self.text, measure, self.period, value)
        if not isinstance(value, list) or self.printed_people is None:
            return (None, None, None), known
        if value[1] != self.taken[1]:
            self.taken = (censored, value[1])
        self.drawn = (events, value[0])
        return (self.printed_people, value[0], value[1]), known

    def _value(self, day: int, events: int, censored: int) -> list[int] | None:
        """Return printed events and censored people of a new point: enough followed, enough new events, else None."""
        gate, n = self.press.parameters, self.printed_people
        followed = self.people - events - censored
        self.stopped = self.stopped or n is None or self.people < gate.curve_at_risk or followed < gate.curve_at_risk
        if self.stopped or n is None or events - self.drawn[0] < gate.curve_step:
            return None
        grown = max(self.drawn[1] + gate.rounding, self._pub(self._same_as(day), events))
        out = self.taken[1]
        if censored - self.taken[0] >= gate.threshold:
            out = max(out, self._pub(f"{self.spec.endpoint}!{day}", censored))
        at_risk = n - self.drawn[1] - self.taken[1] - (out - self.taken[1]) / 2
        self.stopped = at_risk - (grown - self.drawn[1]) < gate.curve_at_risk
        return None if self.stopped or abs(grown - events) > gate.largest_error else [grown, out]

    def _same_as(self, day: int) -> str:
        """Return the measure whose noise a day's events get: that of the outcome which counts the same people."""
        return self.spec.left_early_by(day) or f"{self.spec.endpoint}@{day}"

    def _pub(self, measure: str, true: int) -> int:
        """Return the printed form of a count of at least the threshold."""
        return self.press.count(self.text, measure, self.period, true) or 0
