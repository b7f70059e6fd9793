"""How long work tells what it is doing: a sentence, the share that is done, and from it the time that is left."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and the share done so far, 0 to 1."""


def silent(_step: str, _share: float) -> None:
    """Tell nobody."""


SOONEST_SECONDS = 3.0
SMALLEST_SHARE = 0.05
"""Before so much time and so much work nothing can be said of the rest."""


def time_left(seconds: float, share: float) -> str:
    """Return in words how long the rest takes if it goes as the `share` done in `seconds` did; empty if nobody can say.

    Rough on purpose: shares of the work are guesses, and a number of seconds would promise more.
    """
    if share >= 1 or share < SMALLEST_SHARE or seconds < SOONEST_SECONDS:
        return ""
    left = seconds * (1 - share) / share
    if left < 8:
        return "a few seconds left"
    if left < 50:
        return f"about {max(10, round(left / 10) * 10)} seconds left"
    if left < 90:
        return "about a minute left"
    if left < 5400:
        return f"about {round(left / 60)} minutes left"
    return f"about {round(left / 3600)} hours left"
