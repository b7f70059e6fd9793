"""The queries of a page on the mart against the same counts in pandas, in memory as categories.

Both sides get the question's filters, groupings and settings and give the day counts of the estimators, which are
compared; they take turns. The last line is the whole answer of a page, estimates and floors included.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from pipelines import constructs, marts, outcomes, records
from pipelines.estimate import LiveReader
from pipelines.page_columns import ending_column
from pipelines.questions import BAND_DIMENSIONS, Question, Settings
from pipelines.warehouse import Reader, as_table, memory_connection

PEOPLE = {"small": 100_000, "1m": 1_000_000, "10m": 10_000_000}
REPETITIONS = 7
FILTERS = (("cohort", ("2024-H1", "2024-H2")), ("gender", ("woman", "man")), ("site", ("Site 1", "Site 2", "Site 5")))
PAGE = {
    "staying": Question("staying_curve"),
    "staying, three filters": Question("staying_curve", where=FILTERS),
    "staying by early alliance": Question("staying_curve", by=("alliance_band",)),
    "stayed by quarter": Question("stayed_share", by=("enrol_quarter",)),
    "staying, gap of 60 days": Question("staying_curve", settings=Settings(gap_days=60)),
    "both early scores, three filters": Question("stayed_share", by=BAND_DIMENSIONS, where=FILTERS),
}


def mart(people: int) -> Reader:
    """Return a reader of made-up records of `people` people that hold only what the queries of a page read."""
    con = memory_connection()
    for table in marts.MARTS:
        records.create_table(con, table)
    text = outcomes.marked((Path(__file__).parent / "synthetic_mart.sql").read_text())
    insert = "insert into mart_episodes by name " + text
    con.execute(insert, {"people": people, **outcomes.marking_values()})
    con.execute("create table dataset as select 'title' as key, 'made up' as value")
    con.execute("insert into constructs (construct) values ('alliance'), ('self_efficacy')")
    return Reader(Path("records-0001.duckdb"), con)


def in_pandas(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Return people by level, last day and cause from the same mart; the stored outcomes where the settings allow."""
    for name, categories in question.where:
        frame = frame[frame[name].isin(list(categories))]
    is_stored = outcomes.is_stored(question.settings)
    known, t, cause = _stored(frame, question) if is_stored else _worked_out(frame, question)
    table = pd.DataFrame({"t": t, "cause": cause})
    for name in question.by:
        if name in BAND_DIMENSIONS:
            band = frame[f"early_{name}"].cat.add_categories(["no_score", "left_before"]).fillna("no_score")
            table[name] = band[known].mask(t <= constructs.EARLY_DAYS, "left_before").array
        else:
            table[name] = frame[name][known].array
    return table.groupby([*question.by, "t", "cause"], observed=True).size().rename("people").reset_index()


def _stored(frame: pd.DataFrame, question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ending = frame[ending_column(question.settings.gap_days)].to_numpy()
    known = ending >= 0
    return known, ending[known] // 8, ending[known] % 8


def _worked_out(frame: pd.DataFrame, question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the definition of `sql/outcomes.sql` on whole columns: who was followed, last day, cause."""
    zero = frame["first_attended_day"].to_numpy(dtype=float)
    follow_up = frame["extract_day"].to_numpy() - zero - question.settings.gap_days
    exit_at = np.maximum(1, frame["exit_day"].to_numpy(dtype=float) - zero)
    left_at = np.maximum(1, frame["last_contact_day"].to_numpy() - zero + 1)
    exit_cause = frame["exit_cause"].to_numpy(dtype=float)
    other = exit_cause >= 2
    cause = np.where(other, np.where(exit_at <= follow_up, exit_cause, 0), np.where(left_at <= follow_up, 1, 0))
    t = np.where(cause == 0, follow_up, np.where(cause == 1, left_at, exit_at))
    known = follow_up >= 1
    return known, t[known], cause[known]


def in_duckdb(reader: Reader, question: Question) -> pd.DataFrame:
    """Return the same from the mart by the statement the pages use."""
    found = outcomes.columns_of(reader, "endings", question.settings, question.by, question.where)
    return as_table(outcomes.with_level(found, question.by))


def comparable(counts: pd.DataFrame, by: tuple[str, ...]) -> dict[tuple[object, ...], int]:
    """Return the counts of people who were followed as a dictionary, so that both sides can be compared."""
    if "ending" in counts:
        counts = counts[counts["ending"] >= 0].assign(t=counts["ending"] // 8, cause=counts["ending"] % 8)
    else:
        levels = ["|".join(map(str, row)) for row in counts[list(by)].to_numpy()] if by else [""] * len(counts)
        counts = counts.assign(level=levels)
    told = counts[["level", "t", "cause", "people"]].itertuples(index=False)
    return {(str(level), int(t), int(cause)): int(n) for level, t, cause, n in told}


def in_turn(*sides: Callable[[], object]) -> list[float]:
    """Return the median time of each side in milliseconds; they take turns."""
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(REPETITIONS):
        for place, side in enumerate(sides):
            start = time.perf_counter()
            side()
            times[place].append(1000 * (time.perf_counter() - start))
    return [median(each) for each in times]


def run(size: str) -> list[dict[str, object]]:
    """Return one line per question of a page and one for the page: milliseconds on the mart and in pandas."""
    people = PEOPLE[size]
    reader = mart(people)
    live = LiveReader.of(reader)
    frame = reader.table("select * exclude (episode_id, participant_id) from mart_episodes")
    for name in frame.select_dtypes(["object", "string"]):
        frame[name] = frame[name].astype("category")
    note = f"{people:,} people; counts of both sides equal"
    rows: list[dict[str, object]] = []
    for name, question in PAGE.items():
        if comparable(in_duckdb(reader, question), question.by) != comparable(in_pandas(frame, question), question.by):
            raise AssertionError(f"the two sides count differently: {name}")
        ours, other = in_turn(lambda q=question: in_duckdb(reader, q), lambda q=question: in_pandas(frame, q))
        rows.append(
            {"name": f"query: {name}", "ours": ours, "other": other, "ratio": other / ours, "unit": "ms", "note": note}
        )
    ours, other = in_turn(
        lambda: [live.ask(question) for question in PAGE.values()],
        lambda: [in_pandas(frame, question) for question in PAGE.values()],
    )
    note = f"{people:,} people; six answers with estimates and floors against the counts alone in pandas"
    rows.append(
        {
            "name": "queries and estimates of a page",
            "ours": ours,
            "other": other,
            "ratio": other / ours,
            "unit": "ms",
            "note": note,
        }
    )
    return rows
