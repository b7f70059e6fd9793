"""Every number of the simulator, named: the model of risks and scores, what a program records, and `do` shifts.

Anchors: share leaving early by day 90 near 30 % (Lappan 2020); alliance and early leaving (Sharf 2010);
empathy and alliance r near .50 (Nienhuis 2018); coach differences (Zimmermann 2016); General
Self-Efficacy 29.6 (5.3) on 10-40 (authors' world data); recovery capital +1.3 points (Ashford 2021).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Shift:
    """What a `do` experiment adds to a latent value, in standard deviations; empathy and empowerment by path."""

    alliance: float = 0.0
    self_efficacy: float = 0.0
    empathy_via_alliance: float = 0.0
    empathy_direct: float = 0.0
    empowerment_via_self_efficacy: float = 0.0
    empowerment_direct: float = 0.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """The latent model: weekly hazards, drifting alliance and self-efficacy, attendance and answers."""

    # calendar: whole days; enrolment is uniform over 0 .. enrolment_days - 1
    enrolment_days: int = 897
    extract_offset: int = 911
    weeks: int = 131
    follow_up_days: int | None = None
    # coaches and sites
    people_per_coach: float = 40.0
    coach_size_sd: float = 0.5
    coaches_per_site: int = 8
    most_sites: int | None = 12
    site_hazards: tuple[float, ...] = ()
    # people
    age_mean: float = 38.0
    age_sd: float = 11.0
    age_min: float = 18.0
    age_max: float = 80.0
    housing_intercept: float = -1.2
    housing_severity: float = 0.4
    empathy_coach_share: float = 0.30
    alliance_empathy: float = 0.50
    alliance_severity: float = -0.15
    alliance_coach_sd: float = 0.28
    self_efficacy_empowerment: float = 0.40
    self_efficacy_alliance: float = 0.25
    self_efficacy_severity: float = -0.25
    # change by week
    alliance_slope_mean: float = 0.10
    alliance_slope_sd: float = 0.10
    alliance_ar: float = 0.5
    alliance_ar_sd: float = 0.50
    self_efficacy_slope: float = 0.15
    self_efficacy_lagged_alliance: float = 0.10
    self_efficacy_ar: float = 0.6
    self_efficacy_ar_sd: float = 0.45
    # leaving early: log hazards
    left_base: float = 0.012
    left_early_extra: float = 0.035
    left_decay_weeks: float = 4.0
    left_alliance_between: float = -0.35
    left_alliance_within: float = -0.15
    left_self_efficacy_between: float = -0.25
    left_self_efficacy_within: float = -0.10
    left_severity: float = 0.20
    left_age_decade: float = -0.10
    left_housing: float = 0.30
    left_empathy: float = -0.05
    left_empowerment: float = -0.05
    left_coach_sd: float = 0.40
    left_coach_alliance_correlation: float = -0.30
    # other exits
    completed_first_week: int = 12
    completed_base: float = 0.010
    completed_peak: float = 0.060
    completed_peak_weeks: tuple[int, int] = (24, 28)
    completed_last_week: int = 50
    completed_alliance: float = 0.15
    completed_self_efficacy: float = 0.25
    transferred: float = 0.0025
    confined: float = 0.0015
    confined_severity: float = 0.40
    died: float = 0.0001
    # attendance and answers
    attend_intercept: float = 1.40
    attend_alliance: float = 0.25
    attend_self_efficacy: float = 0.15
    attend_severity: float = -0.20
    attend_person_sd: float = 0.5
    answer_intercept: float = 1.50
    answer_alliance: float = 0.35
    # observed alliance and self-efficacy
    alliance_mean: float = 4.05
    alliance_loading: float = 0.62
    alliance_noise: float = 0.28
    gse_mean: float = 29.5
    gse_loading: float = 5.0
    gse_noise: float = 1.9
    # second episodes: probability of coming back, by cause 1-5 (left, completed, transferred, confined, died)
    return_shares: tuple[float, float, float, float, float] = (0.14, 0.04, 0.05, 0.20, 0.0)
    return_first_day: int = 31
    return_days: int = 180
    # experiments
    shift: Shift = field(default_factory=Shift)


@dataclass(frozen=True, slots=True)
class Practice:
    """What a program writes down about people in the model: contacts, forms, exits and their gaps."""

    # two-way contacts a week in the program, and one-way ones
    calls_reached: float = 0.12
    checkins: float = 0.10
    center_visits: float = 0.10
    texts_answered: float = 0.08
    call_attempts: float = 0.10
    texts: float = 0.05
    goals: float = 0.05
    referrals: float = 0.04
    mutual_help: float = 0.05
    setbacks: float = 0.012
    # helping others: log rate a week, rising with self-efficacy and time in the program
    ripple_rate: float = 0.011
    ripple_self_efficacy: float = 0.50
    ripple_months: float = 0.06
    # a session that was not held: no_show, late_cancel, cancelled_client, cancelled_staff, rescheduled
    missed_statuses: tuple[float, ...] = (0.66, 0.18, 0.09, 0.05, 0.02)
    # no discharge record, by cause 1-5; delay of the record of people who left early
    no_record_shares: tuple[float, float, float, float, float] = (0.38, 0.02, 0.05, 0.12, 0.05)
    record_delay_days: tuple[int, int] = (14, 60)
    moved_share: float = 0.20
    hospital_share: float = 0.40
    # forms; the instruments in use, all where none is named
    instruments: tuple[str, ...] = ()
    intake_on_enrolment: float = 0.75
    intake_answered: float = 0.95
    late_share: float = 0.06
    late_days: int = 10
    missing_items: tuple[float, float, float] = (0.030, 0.008, 0.006)
    exit_answered: float = 0.85
    follow_up_answered: tuple[float, float, float, float, float] = (0.58, 0.80, 0.66, 0.40, 0.0)
    follow_up_days: tuple[int, ...] = (90, 180, 365)
    # other observed scores
    care_mean: float = 44.5
    care_loading: float = 4.4
    care_noise: float = 2.3
    mastery_mean: float = 20.5
    mastery_loading: float = 3.2
    mastery_noise: float = 1.5
    mastery_slope: float = 0.35
    barc_mean: float = 41.5
    barc_loading: float = 6.5
    barc_noise: float = 2.2
    barc_gain_90_days: float = 1.3
    barc_after_exit: tuple[float, float, float, float, float] = (-1.5, 0.8, 0.0, -2.0, 0.0)
    quality_mean: float = 3.30
    quality_loading: float = 0.48
    quality_noise: float = 0.28
    quality_gain_90_days: float = 0.15
    phq_mean: float = 10.5
    phq_loading: float = 5.0
    phq_noise: float = 2.0
    # every contact reaches to the day before the exit: the records then return the model's own truths
    complete_contacts: bool = False


METHODS = Parameters(
    enrolment_days=730,
    extract_offset=744,
    weeks=52,
    follow_up_days=364,
    coaches_per_site=12,
    most_sites=None,
    return_shares=(0.0, 0.0, 0.0, 0.0, 0.0),
)
"""The settings whose truths are printed in the project's statistical design: 52 weeks, at most 364 days."""

SAMPLE = Parameters(attend_intercept=0.95, site_hazards=(0.0, 0.0, 0.0, 0.30, 0.0))
"""The settings of the sample: 30 months of enrolment, followed to the extract, attendance of coaching by peers,
one site out of the ordinary."""


FOLLOWED = replace(METHODS, weeks=107, follow_up_days=None)
"""The settings of the design, but everybody followed to the extract, as real records are."""

FAITHFUL = Practice(complete_contacts=True, no_record_shares=(0.38, 0.0, 0.0, 0.0, 0.0))
"""Records without gaps: with the clock at enrolment they return the model's own truths."""


def uncensored(parameters: Parameters, shift: Shift | None = None) -> Parameters:
    """Return `parameters` with everybody followed for all weeks, for `do` experiments with the given shift."""
    return replace(
        parameters,
        enrolment_days=1,
        extract_offset=7 * parameters.weeks,
        follow_up_days=None,
        return_shares=(0.0, 0.0, 0.0, 0.0, 0.0),
        shift=shift or Shift(),
    )
