"""The ratings people gave one after another while in the program, and who gave them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.constructs import EARLY_DAYS
from pipelines.definitions import definition
from pipelines.estimators.ratio import clustered_by, everybody
from pipelines.estimators.request import Request

_SAID = definition("lagged_score")
CARRY_EACH_SESSION, CARRY_MONTHLY = _SAID.number("each_session_days"), _SAID.number("monthly_days")
"""Days a rating counts at most: of a questionnaire rated at each session, and of one rated monthly or less."""
MOST_STAYS = _SAID.number("most_stays")
"""Stays beyond which one in so many, by number, is looked at: a model has a row for each of their ratings."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Episodes that can be followed and are looked at; each array has one entry per episode, by its number less one.

    One in `one_in` is looked at; the numbers follow the keyed codes, so that they are in no order.
    """

    person: npt.NDArray[np.intp]
    last: npt.NDArray[np.float64]
    left: npt.NDArray[np.bool_]
    site: npt.NDArray[np.intp]
    cluster: npt.NDArray[np.intp]
    one_in: int

    def ends(self) -> pd.DataFrame:
        """Return `last` and `left` by the number of the stay."""
        numbers = pd.RangeIndex(1, len(self.person) + 1)
        return pd.DataFrame({"last": self.last, "left": self.left}, index=numbers)


def stays(request: Request) -> Stays:
    """Return the stays this question is about."""
    found = request.ask_people(
        "stays",
        ("site",),
        columns=("episode_number", "person_number", "coach_number", "is_first"),
        extra={"most_stays": MOST_STAYS},
    )
    together = clustered_by(found[["coach", "first_site"]].rename(columns={"first_site": "site"}))
    return Stays(
        found["person"].to_numpy(dtype=np.intp),
        found["t"].to_numpy(dtype=float),
        found["cause"].to_numpy(dtype=int) == 1,
        pd.factorize(found["site"])[0].astype(np.intp),
        pd.factorize(together)[0].astype(np.intp),
        int(found["one_in"].iloc[0]) if len(found) else 1,
    )


def own_ratings(request: Request, construct: str) -> pd.DataFrame:
    """Return a person's own ratings of a construct while in the program: `person` (the stay), `day`, `score`."""
    found = request.ask(
        "own_ratings",
        columns=("episode_id", "episode_number"),
        extra={"construct": construct, "most_stays": MOST_STAYS},
    )
    return found.rename(columns={"stay": "person"})


def carried_days(request: Request, construct: str) -> int:
    """Return for how many days at most a rating counts, by how often the questionnaire is rated."""
    needed = request.reader.rows(
        "select early_min_ratings from constructs where construct = $name", {"name": construct}
    )
    return CARRY_EACH_SESSION if int(str(needed[0][0])) > 1 else CARRY_MONTHLY


def reference_spread(request: Request, construct: str) -> tuple[float, int]:
    """Return the standard deviation of the early scores of everybody, whatever the filter, and how many they are.

    It is that of the measures which compare people by early scores, so that all ratios are in one unit.
    """
    _, spread, n = everybody(request, construct, EARLY_DAYS)
    return spread, n
