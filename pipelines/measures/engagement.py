"""Measures of engagement: how soon people come, how often, with how many coaches, and how they begin to help others."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Exposure, Measure
from pipelines.questions import DIMENSIONS

_GROUPINGS = tuple(name for name in DIMENSIONS if not name.endswith("_band") or name == "age_band")
_RECENT = "People who enrolled so recently that it cannot be known yet."

ENGAGEMENT = Measure(
    id="engagement_rate",
    label="Starting and engaging",
    question="How many people start within two weeks, and how many engage?",
    definition="Shares of the people enrolled who started, and who engaged.",
    definitions=("initiated", "engaged", "enrolled", "episode", "new_episode"),
    numerator="People who initiated; people who engaged.",
    denominator="People whose enrolment lies at least 48 days before the extract.",
    exclusions=(_RECENT,),
    rows="enrolled",
    estimator="engagement_rate",
    shape="bar",
    y=Axis("People enrolled", "share"),
    cautions=("Adapted to peer coaching: not to be compared with published rates of treatment.",),
    groupings=_GROUPINGS,
    most_groupings=2,
    doors=("live",),
)
FIRST_SESSION = Measure(
    id="time_to_first_session",
    label="Time to the first session",
    question="How soon do people come to a first session?",
    definition="Share of people enrolled who attended a first session within 7, 14 and 30 days of enrolment.",
    definitions=("first_session", "enrolled", "episode", "new_episode"),
    numerator="People with an attended session so soon after enrolment.",
    denominator="People whose enrolment lies at least 30 days before the extract.",
    exclusions=(_RECENT,),
    rows="enrolled",
    estimator="time_to_first_session",
    shape="bar",
    x=Axis("Days since enrolment", "days"),
    y=Axis("People enrolled", "share"),
    cautions=("People who never came are in the denominator.",),
    groupings=_GROUPINGS,
    most_groupings=2,
    horizon=30,
    doors=("live",),
)
INTENSITY = Measure(
    id="session_intensity",
    label="Sessions per four weeks",
    question="How often do people come while they are in the program?",
    definition="Sessions attended per 28 days in the program, all people together.",
    definitions=("intensity", "left_early", "contact", "end_of_follow_up", "episode", "new_episode"),
    numerator="Sessions attended, times 28.",
    denominator="Days in the program.",
    exclusions=("People who never attended a session, or whose first session is too recent to say.",),
    rows="followed",
    estimator="session_intensity",
    shape="bar",
    y=Axis("Sessions per 28 days in the program", "sessions per 28 days"),
    cautions=(
        "It is the number of sessions for the time in the program: the number alone would only say who stayed longer.",
        "The range of uncertainty takes each person's sessions together, not as independent.",
    ),
    groupings=_GROUPINGS,
    most_groupings=2,
    doors=("live",),
)
CONTINUITY = Measure(
    id="coach_continuity",
    label="The same coach",
    question="Do people meet the same coach again?",
    definition="Share of attended sessions that were with the person's main coach.",
    definitions=("continuity", "episode", "new_episode"),
    numerator="Sessions with the coach the person met most often.",
    denominator="Attended sessions of which the coach is known.",
    exclusions=("People with fewer than two such sessions.", "Sessions that name no coach."),
    rows="followed",
    estimator="coach_continuity",
    shape="bar",
    y=Axis("Sessions with the main coach", "share"),
    cautions=(
        "People with few sessions have had less occasion to change coach.",
        "The range of uncertainty takes each person's sessions together, not as independent.",
    ),
    groupings=_GROUPINGS,
    most_groupings=2,
    doors=("live",),
)
RIPPLE = Measure(
    id="ripple_rate",
    label="Helping others",
    question="How often do people begin to help others?",
    definition="Events in which a person helped others or brought somebody in, per 100 months of observation.",
    definitions=("ripple", "time_zero", "end_of_follow_up", "episode", "new_episode"),
    numerator="Events of helping others, times 100.",
    denominator="Months of observation.",
    exclusions=("People who never attended a session, or whose first session is too recent to say.",),
    rows="followed",
    estimator="ripple_rate",
    shape="bar",
    y=Axis("Events per 100 months", "events per 100 person-months"),
    cautions=(
        "Events after the exit are known only as far as people stay in touch.",
        "The range of uncertainty takes each person's events together, not as independent.",
    ),
    groupings=_GROUPINGS,
    most_groupings=2,
    doors=("live",),
)
HELPING_BY_CONFIDENCE = Measure(
    id="helping_others_by_self_efficacy",
    label="Helping others by early self-efficacy",
    question="Do people with higher self-efficacy early on help others more later?",
    definition=(
        "Events in which a person helped others or brought somebody in, per 100 months of observation after day 30, by "
        "display band of early self-efficacy, among people still in the program 30 days after the first session."
    ),
    definitions=("ripple", "early_score", "bands", "since_day_30", "left_early", "time_zero", "episode"),
    numerator="Events of helping others after day 30, times 100.",
    denominator="Months of observation after day 30.",
    exclusions=("People who left before day 30, never attended, or whose day 30 is too recent to know.",),
    rows="landmark",
    estimator="helping_by_band",
    shape="bar",
    y=Axis("Events per 100 months", "events per 100 person-months"),
    cautions=(
        "It shows what goes together, not what brings it about; nothing is held equal.",
        "Events after the exit are known only as far as people stay in touch.",
        "The range of uncertainty takes each person's events together, not as independent.",
    ),
    fixed_groupings=("self_efficacy_band",),
    constructs=("self_efficacy",),
    exposures=(Exposure("self_efficacy"),),
    doors=("live",),
)
GENERATIONS = Measure(
    id="helping_generations",
    label="Who came through whom",
    question="How many people came to the program through somebody in it, and brought somebody in turn?",
    definition=(
        "People who brought somebody to the program; people who came through somebody; of these, people who brought "
        "somebody in turn; and people who came through somebody who had come through somebody."
    ),
    definitions=("generations", "enrolled", "episode"),
    numerator="People who brought, or came through, somebody on record.",
    denominator="People enrolled; for people who brought somebody in turn, people who came through somebody.",
    exclusions=("People whose coming through somebody was not recorded: they count as not having come so.",),
    rows="enrolled",
    estimator="helping_generations",
    shape="bar",
    y=Axis("People", "people"),
    cautions=(
        "It is a floor: only what was recorded with the person's code is known.",
        "People who were known longer had more time to bring somebody.",
    ),
    doors=("live",),
)
ENTRIES = (GENERATIONS, HELPING_BY_CONFIDENCE, ENGAGEMENT, FIRST_SESSION, INTENSITY, CONTINUITY, RIPPLE)
