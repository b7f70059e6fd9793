"""Rules about several rows of one table: the same thing twice, enrolments that overlap, two coaches at one time.

Every function takes the rows to be compared, in the order of their file, and returns one truth value a row. The rows
of a file that are kept out for another reason are not among them: what is not stored repeats nothing.
"""

from __future__ import annotations

import pandas as pd

SAME_QUESTIONNAIRE = ["episode_place", "instrument_id", "instrument_version", "rater", "date", "wave", "session_place"]
SAME_SESSION = ["episode_place", "coach_place", "occurred_date", "kind"]


def questionnaires_recorded_twice(answered: pd.DataFrame) -> pd.Series[bool]:
    """Return the answered questionnaires of a rater, day, session and occasion of which there is one already."""
    return answered.duplicated(SAME_QUESTIONNAIRE)


def sessions_recorded_twice(sessions: pd.DataFrame) -> pd.Series[bool]:
    """Return the attended sessions of a kind, coach and day of which there is one already; groups may repeat."""
    held = sessions[
        (sessions["status"] == "attended") & sessions["occurred_date"].notna() & (sessions["kind"] != "group")
    ]
    return held.duplicated(SAME_SESSION).reindex(sessions.index, fill_value=False)


def enrolments_that_overlap(episodes: pd.DataFrame) -> pd.Series[bool]:
    """Return the enrolments that begin before the end of any earlier one of the same person."""
    some = episodes[episodes["participant_place"].duplicated(keep=False)].sort_values("enrolled_date", kind="stable")
    people = some["participant_place"]
    latest_end = some["end"].groupby(people).cummax().groupby(people).shift()
    return (some["enrolled_date"] < latest_end).reindex(episodes.index, fill_value=False)


def numbers_out_of_order(episodes: pd.DataFrame) -> pd.Series[bool]:
    """Return the enrolments whose number is not above that of the person's enrolment before."""
    some = episodes[episodes["participant_place"].duplicated(keep=False)]
    some = some.sort_values(["enrolled_date", "episode_no"], kind="stable")
    before = some["episode_no"].groupby(some["participant_place"]).shift()
    return (some["episode_no"] <= before).reindex(episodes.index, fill_value=False)


def primary_coaches_at_one_time(assignments: pd.DataFrame) -> pd.Series[bool]:
    """Return the later of two assignments of one episode to different primary coaches that share a day."""
    primary = assignments[assignments["is_primary"].fillna(False).astype(bool)]
    primary = primary[primary["episode_place"].duplicated(keep=False)].reset_index(names="row")
    columns = ["row", "episode_place", "coach_place", "start_date", "end_date"]
    pairs = primary[columns].merge(primary[columns], on="episode_place", suffixes=("", "_before"))
    is_before = (pairs["start_date_before"] < pairs["start_date"]) | (
        (pairs["start_date_before"] == pairs["start_date"]) & (pairs["row_before"] < pairs["row"])
    )
    lasts = pairs["end_date_before"].isna() | (pairs["end_date_before"] >= pairs["start_date"])
    both = pairs.loc[is_before & lasts & (pairs["coach_place"] != pairs["coach_place_before"]), "row"]
    return pd.Series(assignments.index.isin(both), index=assignments.index)


def numbers_of_two_people(numbers: pd.Series[str], people: pd.DataFrame) -> pd.DataFrame:
    """Return as `is_shared` which rows have a number whose rows give two genders or two groups of origin."""
    traits = people[["gender", "race_eth"]]
    told = traits.where(~traits.isin(["undisclosed", "unknown"]))
    several = numbers.notna() & numbers.duplicated(keep=False)
    differ = told[several].groupby(numbers[several]).nunique().gt(1).any(axis=1)
    return pd.DataFrame({"is_shared": numbers.isin(differ.index[differ])})
