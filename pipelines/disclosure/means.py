"""Means of the release: values clipped to public bounds, noised by three people's worth, rounded to a public grain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.disclosure import noise
from pipelines.disclosure.derived import grain
from pipelines.disclosure.press import Cell, Sheet
from pipelines.disclosure.spec import RATED, Mean, label
from pipelines.disclosure.truth import MEAN_UNIT


def means(sheet: Sheet, mean: Mean) -> Iterator[Cell]:
    """Print the mean of every cell of at most one dimension: enough people, enough coaches, a printed base."""
    press = sheet.press
    totals, counts, allowed = sheet.counts(f"{mean.name}+"), sheet.counts(f"{mean.name}#"), sheet.allowed()
    for i, (text, categories) in enumerate(sheet.grid()):
        n = printed_base(mean, categories, press.shown)
        true = totals[i] / MEAN_UNIT / counts[i] if counts[i] else 0.0
        copied = press.known(text, mean.name)
        if copied:
            value = press.copied(text, mean.name)
        elif not sheet.may_add:
            value = None
        else:
            enough = min(n or 0, counts[i]) >= press.parameters.mean_people and allowed[i]
            value = _printed(sheet, text, mean, counts[i], true, n or 0) if enough else None
            press.note(text, mean.name, sheet.period, value)
        known = float(value) if isinstance(value, int | float) and n is not None else None
        values = (None if known is None else n, known)
        yield Cell("means", text, categories, mean.name, None, values, (counts[i], true), allowed[i], copied)


def printed_base(mean: Mean, categories: Mapping[str, str], shown: Mapping[str, int | None]) -> int | None:
    """Return the printed number of people a mean rests on: the cell, or the sum of its three bands of the score."""
    band = f"{mean.kind}_band"
    if mean.kind in ("attended", "due"):
        return shown[label(categories)]
    if band in categories:
        return shown[label(categories)] if categories[band] in RATED else None
    parts = [shown.get(label({**categories, band: name})) for name in RATED]
    return None if None in parts else sum(part for part in parts if part is not None)


def _printed(sheet: Sheet, text: str, mean: Mean, people: int, true: float, n: int) -> float:
    """Return a mean with its noise, rounded to the grain of its printed base and kept within its bounds."""
    low, high = float(mean.low or 0), float(mean.high or 0)
    number = noise.draw(sheet.press.key, sheet.period.fingerprint, mean.name, text)
    step = grain(low, high, n)
    noisy = true + noise.mean_noise(number, low, high, people)
    return round(min(high, max(low, round(noisy / step) * step)), 6)
