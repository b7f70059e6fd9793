"""What the theory of change needs a questionnaire for, and the days up to which the scores of a person count."""

from __future__ import annotations

from pipelines.definitions import definition

CONSTRUCTS = ("alliance", "self_efficacy", "empathy", "empowerment", "recovery_capital")
"""What the theory of change needs a questionnaire for; each has early-score columns in `mart_episodes`."""
CONSTRUCT_NAMES = {
    "alliance": "alliance with the coach",
    "self_efficacy": "self-efficacy",
    "empathy": "empathy of the coach as the person sees it",
    "empowerment": "empowerment",
    "recovery_capital": "recovery capital",
}
CHANGING = ("recovery_capital", "self_efficacy")
"""What should have grown, and should last, if coaching does what the theory of change says."""
EARLY_DAYS = definition("early_score").number("early_days")
"""Length in days of the early window; also the landmark day at which the clock of a comparison by score restarts."""
LANDMARK_DAYS = (14, 30, 60, 90)
