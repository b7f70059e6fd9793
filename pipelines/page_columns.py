"""Columns of `mart_episodes` that hold what pages read of the longer marts, so that no page joins them.

A join of a million episodes with their ratings, follow-ups or sessions takes longer than a page may take, and every
filter asks for it again. Each column is worked out once for a load: `sql/columns_of_<subject>.sql` says how.
"""

from __future__ import annotations

from pipelines.constructs import CHANGING, CONSTRUCT_NAMES, CONSTRUCTS, EARLY_DAYS, LANDMARK_DAYS
from pipelines.definitions import definition
from pipelines.early_sessions import LATER_UNTIL_DAY, RATED, SESSIONS
from pipelines.follow_up import FOLLOW_UP_DAYS, KNOWN_AFTER
from pipelines.schema import Column

OTHER_LANDMARKS = tuple(day for day in LANDMARK_DAYS if day != EARLY_DAYS)
BETWEEN = definition("pathway").numbers("days")[:2]
"""Two landmark days; ratings later than the first, up to the second, are the later score of a pathway."""
KEPT, NOT_KEPT, LAST_KEPT, NO_INTAKE = "kept", "not_kept", "last_kept", "no_intake"
GAINS = (KEPT, NOT_KEPT, LAST_KEPT, "last_not_kept", NO_INTAKE)
"""What a follow-up that was due says of a gain; the third and fourth are of people who did not answer it."""
_LEFT_EARLY = definition("left_early")
OTHER_GAPS = tuple(gap for gap in _LEFT_EARLY.numbers("choices_days") if gap != _LEFT_EARLY.number("gap_days"))
"""The gaps that may be chosen instead; every episode's ending under each of them is stored too."""
SUBJECTS = ("coaching", "scores", "sessions", "follow_up", "contacts")
"""The statements that fill the columns, each one row per episode it has something to say of."""


def score_column(construct: str, landmark: int) -> str:
    """Return the column of `mart_episodes` with the score of a construct up to a landmark day, of enough ratings."""
    return f"early_{construct}_score" if landmark == EARLY_DAYS else f"{construct}_score_to_day_{landmark}"


def later_score_column(construct: str) -> str:
    """Return the column with the mean of the ratings of a construct between the two days of `BETWEEN`."""
    return f"{construct}_score_day_{BETWEEN[0] + 1}_to_{BETWEEN[1]}"


def session_score_column(construct: str, session: int) -> str:
    """Return the column with the score of a construct up to a session, of enough ratings."""
    return f"{construct}_score_to_session_{session}"


def ending_column(gap: int) -> str:
    """Return the column that says how a stay ended where a gap of so many days without contact ends it."""
    return f"stay_ending_gap_{gap}" if gap in OTHER_GAPS else "stay_ending"


def answered_column(day: int) -> str:
    """Return the column that says whether the follow-up planned on `day` was answered; empty if none was due."""
    return f"follow_up_{day}_answered"


def gain_column(construct: str, day: int) -> str:
    """Return the column that says what became of a gain by the follow-up planned on `day`, one of `GAINS`."""
    return f"{construct}_gain_at_follow_up_{day}"


def _integer(name: str, label: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "INTEGER", label, meaning, unit=unit)


def _score(name: str, label: str, meaning: str) -> Column:
    return Column(name, "DOUBLE", label, meaning, unit="instrument scale")


_NUMBERS = (
    _integer("episode_number", "Number of the episode", "Place of the episode in the order of the keyed codes."),
    _integer("person_number", "Number of the person", "Place of the person in the order of the keyed codes."),
    _integer(
        "coach_number",
        "Number of the main coach",
        "Place of the main coach in the order of the keyed codes; empty without one.",
    ),
)
_SCORES = (
    *(
        _score(
            score_column(construct, day),
            f"Score to day {day}: {CONSTRUCT_NAMES[construct]}",
            f"Mean of the person's own ratings to day {day} since the first session; empty with too few ratings.",
        )
        for construct in CONSTRUCTS
        for day in OTHER_LANDMARKS
    ),
    *(
        _score(
            later_score_column(construct),
            f"Later score: {CONSTRUCT_NAMES[construct]}",
            f"Mean of the person's own ratings from day {BETWEEN[0] + 1} to {BETWEEN[1]} since the first session.",
        )
        for construct in CONSTRUCTS
    ),
)
_SESSIONS = (
    _integer(
        "attended_early", "Attended early", "Sessions attended in the 30 days from the first session.", "sessions"
    ),
    _integer("due_early", "Due early", "Sessions attended, missed without word or called off late then.", "sessions"),
    _integer(
        "attended_later",
        "Attended later",
        f"Sessions attended after these 30 days, up to day {LATER_UNTIL_DAY} from the first session.",
        "sessions",
    ),
    *(
        _integer(
            f"session_{number}_day",
            f"Day of session {number}",
            f"{number} days with an attended session, up to this one; empty if there were fewer.",
            "days since the first session",
        )
        for number in SESSIONS
    ),
    *(
        _score(
            session_score_column(construct, number),
            f"Score to session {number}: {CONSTRUCT_NAMES[construct]}",
            f"Mean of the person's own ratings to session {number}; empty with too few ratings.",
        )
        for construct in RATED
        for number in SESSIONS
    ),
)
_FOLLOW_UP = (
    *(
        Column(
            answered_column(day),
            "BOOLEAN",
            f"Follow-up of day {day}",
            "Whether a questionnaire was answered in the window of this follow-up; empty if none was due.",
        )
        for day in FOLLOW_UP_DAYS
    ),
    *(
        Column(
            gain_column(construct, day),
            "VARCHAR",
            f"Gain at day {day}: {CONSTRUCT_NAMES[construct]}",
            "Whether a gain was kept at this follow-up, or as last seen of people who did not answer; empty if none "
            "was due.",
            allowed=GAINS,
        )
        for construct in CHANGING
        for day in FOLLOW_UP_DAYS
    ),
)
_CONTACTS = (
    _integer("with_main_coach", "With the coach met most", "Sessions with the coach met most often.", "sessions"),
    _integer("with_any_coach", "With any coach", "Sessions attended with a coach who is named.", "sessions"),
    _integer(
        "helping_events",
        "Events of helping others",
        "Events in which the person helped others, from the first session on.",
        "events",
    ),
    _integer(
        "helping_events_later",
        "Later events of helping others",
        f"Events of helping others more than {EARLY_DAYS} days after the first session.",
        "events",
    ),
    _integer(
        "helping_events_once_known",
        "Events of helping others once a lasting change is known",
        f"Events of helping others more than {KNOWN_AFTER} days after the first session.",
        "events",
    ),
)
_ENDINGS = tuple(
    _integer(
        ending_column(gap),
        f"How the stay ended, gap of {gap} days",
        f"As how the stay ended, where {gap} days without contact end a stay.",
    )
    for gap in OTHER_GAPS
)
COLUMNS = (*_ENDINGS, *_NUMBERS, *_SCORES, *_SESSIONS, *_FOLLOW_UP, *_CONTACTS)
