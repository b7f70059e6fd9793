"""The ratings people gave one after another while in the program, and who gave them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.definitions import definition
from pipelines.estimators.ratio import clustered_by
from pipelines.estimators.request import Request
from pipelines.estimators.scores import early_columns
from pipelines.constructs import EARLY_DAYS
from pipelines.stats import mean

_SAID = definition("lagged_score")
CARRY_EACH_SESSION, CARRY_MONTHLY = _SAID.number("each_session_days"), _SAID.number("monthly_days")
"""Days a rating counts at most: of a questionnaire rated at each session, and of one rated monthly or less."""
MOST_STAYS = _SAID.number("most_stays")
"""Stays beyond which one in so many, by number, is looked at: a model has a row for each of their ratings."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Episodes that can be followed; each array has one entry per episode, by its number less one."""

    person: npt.NDArray[np.intp]
    last: npt.NDArray[np.float64]
    left: npt.NDArray[np.bool_]
    site: npt.NDArray[np.intp]
    cluster: npt.NDArray[np.intp]

    @property
    def one_in(self) -> int:
        """One in so many stays is looked at; the numbers follow the keyed codes, so that they are in no order."""
        return -(-len(self.person) // MOST_STAYS) if len(self.person) else 1

    @property
    def looked_at(self) -> npt.NDArray[np.bool_]:
        """Whether each stay is looked at."""
        chosen: npt.NDArray[np.bool_] = np.arange(1, len(self.person) + 1) % self.one_in == 0
        return chosen

    def ends(self) -> pd.DataFrame:
        """Return `last` and `left` by the number of the stay."""
        numbers = pd.RangeIndex(1, len(self.person) + 1)
        return pd.DataFrame({"last": self.last, "left": self.left}, index=numbers)


def stays(request: Request) -> Stays:
    """Return the stays this question is about."""
    found = request.ask("stays", columns=("episode_id", "participant_id", "coach_id", "site", "is_first"))
    together = clustered_by(found[["coach", "first_site"]].rename(columns={"first_site": "site"}))
    return Stays(
        found["person"].to_numpy(dtype=np.intp),
        found["t"].to_numpy(dtype=float),
        found["cause"].to_numpy(dtype=int) == 1,
        pd.factorize(found["site"])[0].astype(np.intp),
        pd.factorize(together)[0].astype(np.intp),
    )


def own_ratings(request: Request, construct: str, of: Stays) -> pd.DataFrame:
    """Return a person's own ratings of a construct while in the program: `person` (the stay), `day`, `score`."""
    found = request.ask(
        "own_ratings",
        columns=("episode_id",),
        extra={"construct": construct, "one_in": of.one_in},
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
    found = request.ask("early_scores", named=early_columns(construct), extra={"origin": EARLY_DAYS}, filtered=False)
    found = found[found["score"].notna()]
    _, spread, n = mean.from_counts(found["score"], found["people"])
    return spread, int(n)
