"""The closed lists: every entry a category may have, and which events and exits count as what."""

from __future__ import annotations

AGE_BANDS = ("<18", "18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75-89", "90+")
GENDERS = ("woman", "man", "nonbinary", "other", "undisclosed")
SUBSTANCES = ("alcohol", "opioid", "stimulant", "cannabis", "other", "none", "unknown")
HOUSING = ("stable", "unstable", "homeless", "controlled", "unknown")
EMPLOYMENT = ("full_time", "part_time", "student", "unemployed", "retired", "unable", "other", "unknown")
RACE_ETHNICITY = ("asian", "black", "hispanic", "indigenous", "multiracial", "white", "another", "unknown")
REFERRALS = ("self", "family", "treatment", "hospital", "court", "community", "peer", "other", "unknown")
SETTINGS = ("rco", "rcc", "hospital", "court", "residence", "telehealth", "other")
COACH_ROLES = ("peer_coach", "supervisor", "volunteer", "clinician", "other")
SESSION_STATUSES = (
    "attended",
    "no_show",
    "cancelled_client",
    "late_cancel",
    "cancelled_staff",
    "rescheduled",
    "unknown",
)
SESSION_MODES = ("in_person", "phone", "video", "text", "group", "community", "unknown")
SESSION_KINDS = ("coaching", "group", "intake", "recovery_plan", "other")
RATERS = ("participant", "coach", "observer")
WAVES = ("intake", "in_program", "exit", "followup")
ASSESSMENT_STATUSES = ("complete", "partial", "refused", "not_located", "due_missed")
EVENT_TYPES = (
    "call_attempt",
    "call_reached",
    "text",
    "text_answered",
    "email",
    "checkin",
    "center_visit",
    "mutual_help_meeting",
    "group",
    "referral_made",
    "referral_completed",
    "goal_set",
    "goal_completed",
    "volunteering",
    "mentoring",
    "sponsoring",
    "facilitated",
    "trained_as_coach",
    "became_coach",
    "referred_someone_in",
    "recurrence",
    "ed_visit",
    "naloxone",
    "other",
)
TWO_WAY_CONTACTS = ("call_reached", "checkin", "center_visit", "group", "text_answered")
"""Event types that count as contact for the gap rule, beside attended sessions."""
RIPPLE_EVENTS = (
    "volunteering",
    "mentoring",
    "sponsoring",
    "facilitated",
    "trained_as_coach",
    "became_coach",
    "referred_someone_in",
)
"""Event types in which a person helps others (ripple events)."""
EXIT_TYPES = (
    "completed",
    "dropped_out",
    "administrative",
    "rule_violation",
    "transferred",
    "incarcerated",
    "died",
    "hospitalised",
    "moved",
    "other",
    "unknown",
)
EXIT_CAUSE_GROUPS = {
    "completed": 2,
    "dropped_out": 1,
    "administrative": 1,
    "rule_violation": 1,
    "transferred": 3,
    "incarcerated": 4,
    "died": 4,
    "hospitalised": 4,
    "moved": 4,
    "other": 1,
    "unknown": 1,
}
"""Exit type to cause: 1 left early, 2 completed, 3 transferred or referred on, 4 death, incarceration, hospital, moved.

An unplanned exit whose reason is unknown or other belongs to cause 1 and is also shown as "not recorded".
"""
