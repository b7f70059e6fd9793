"""What the tests of ratios share: people of the sample by the plain definition, planted people, rows of an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.estimate import LiveReader
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.records_world import add_person, build_records, code, one_site, reader


def at_day_30(home: Path) -> pd.DataFrame:
    """Return people in the program at day 30 by the plain definition: `day` since then, `left`, traits and scores."""
    asked = open_records(home)
    people = plain_people(asked)
    asked.close()
    people = people[people["state"].eq("followed") & people["t"].astype(float).gt(30)].reset_index(drop=True)
    return people.assign(day=people["t"].astype(float) - 30, left=people["cause"].astype(int).eq(1).astype(float))


def standardised(people: pd.DataFrame, construct: str) -> pd.Series:
    """Return the early score of a construct in standard deviations of everybody who has one."""
    score = people[f"early_{construct}_score"].astype(float)
    return (score - score.mean()) / score.std(ddof=1)


def row(table: pd.DataFrame, series: str = "", stat: str = "ratio", **cells: object) -> pd.Series:
    """Return the one row of an answer with this series, stat and cells."""
    found = table[table["series"].eq(series) & table["stat"].eq(stat)]
    for name, value in cells.items():
        found = found[found[name].eq(value)]
    (one,) = (each for _, each in found.iterrows())
    return one


def log_ratio(table: pd.DataFrame, series: str = "", **cells: object) -> float:
    """Return the logarithm of the ratio in one row."""
    return float(np.log(row(table, series, **cells)["estimate"]))


Person = dict[str, object]
"""`score` (alliance in standard deviations; None for no rating), `link` (log ratio per standard deviation), `missed`
(sessions missed in the first month), `efficacy`, `extra` (added to the log hazard), and traits."""


def planted(
    people: int, person: Callable[[np.random.Generator, int], Person], *, seed: int = 5, coaches: int = 12
) -> LiveReader:
    """Return a reader of made-up people whose hazard of leaving after day 30 is what `person` says."""
    rng = np.random.default_rng(seed)
    rows = one_site()
    rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, coaches + 1)]
    for number in range(1, people + 1):
        told = person(rng, number)
        hazard = float(told.pop("hazard"))
        score, efficacy, missed = told.pop("score", None), told.pop("efficacy", None), int(told.pop("missed", 0))
        last = 31 + int(rng.exponential(120 / hazard))
        ratings = [] if score is None else [(day, "wai_sr", 3 + 0.3 * float(score)) for day in (0, 7)]
        if efficacy is not None:
            ratings.append((0, "gse", 25 + 3 * float(efficacy)))
        add_person(
            rows,
            number,
            extract=900,
            attended=sorted({0, 7, 14, 28, *range(28, last + 1, 20), last}),
            other_sessions=[(2 * place + 1, "no_show") for place in range(missed)],
            ratings=ratings,
            coach=1 + number % coaches,
            **told,
        )
    return LiveReader.of(reader(build_records(rows)))
