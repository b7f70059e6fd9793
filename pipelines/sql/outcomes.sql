-- One row per episode in scope: when it ended (t, in days) and how (cause 0-4), or why it is in no curve.
with
    clocked as (
        select
            *,
            case when $clock = 'enrolment' then enrolled_day else first_attended_day end as zero_day,
            coalesce(
                case when $contacts = 'attended' then last_attended_day else last_contact_day end, enrolled_day
            ) as contact_day
        from mart_episodes
        where $episodes = 'all' or is_first
    ),
    followed as (
        select
            *,
            extract_day - zero_day - $gap_days as follow_up,
            exit_day - zero_day as exit_at,
            contact_day - zero_day + 1 as left_at
        from clocked
    ),
    ended as (
        select
            *,
            case
                when zero_day is null then 'never_attended' when follow_up < 1 then 'immature' else 'followed'
            end as state,
            case
                when zero_day is null or follow_up < 1
                then null
                when exit_cause >= 2
                then case when exit_at <= follow_up then exit_cause else 0 end
                when left_at <= follow_up
                then 1
                else 0
            end as cause
        from followed
    ),
    timed as (
        select
            *,
            case
                when cause = 0
                then follow_up
                when cause = 1
                then greatest(1, left_at)
                when cause >= 2
                then greatest(1, exit_at)
            end as t
        from ended
    ),
    banded as (
        select
            *,
            coalesce(t > $landmark_day, false) as in_at_landmark,
            case
                when t > $landmark_day then coalesce(early_alliance_band, 'no_score') else 'left_before'
            end as alliance_band,
            case
                when t > $landmark_day then coalesce(early_self_efficacy_band, 'no_score') else 'left_before'
            end as self_efficacy_band
        from timed
    ),
    matched as (
        select
            *,
            case
                $by_1
                when 'site'
                then site
                when 'cohort'
                then cohort
                when 'enrol_quarter'
                then enrol_quarter
                when 'age_band'
                then age_band
                when 'gender'
                then gender
                when 'primary_substance'
                then primary_substance
                when 'referral_source'
                then referral_source
                when 'housing'
                then housing
                when 'alliance_band'
                then alliance_band
                when 'self_efficacy_band'
                then self_efficacy_band
                else ''
            end as level_1,
            case
                $by_2
                when 'site'
                then site
                when 'cohort'
                then cohort
                when 'enrol_quarter'
                then enrol_quarter
                when 'age_band'
                then age_band
                when 'gender'
                then gender
                when 'primary_substance'
                then primary_substance
                when 'referral_source'
                then referral_source
                when 'housing'
                then housing
                when 'alliance_band'
                then alliance_band
                when 'self_efficacy_band'
                then self_efficacy_band
                else ''
            end as level_2,
            case when $site is null or list_contains(cast($site as varchar[]), site) then 0 else 1 end as missed_site,
            case
                when $cohort is null or list_contains(cast($cohort as varchar[]), cohort) then 0 else 1
            end as missed_cohort,
            case
                when $enrol_quarter is null or list_contains(cast($enrol_quarter as varchar[]), enrol_quarter)
                then 0
                else 1
            end as missed_enrol_quarter,
            case
                when $age_band is null or list_contains(cast($age_band as varchar[]), age_band) then 0 else 1
            end as missed_age_band,
            case
                when $gender is null or list_contains(cast($gender as varchar[]), gender) then 0 else 1
            end as missed_gender,
            case
                when
                    $primary_substance is null
                    or list_contains(cast($primary_substance as varchar[]), primary_substance)
                then 0
                else 1
            end as missed_primary_substance,
            case
                when $referral_source is null or list_contains(cast($referral_source as varchar[]), referral_source)
                then 0
                else 1
            end as missed_referral_source,
            case
                when $housing is null or list_contains(cast($housing as varchar[]), housing) then 0 else 1
            end as missed_housing,
            case
                when $alliance_band is null or list_contains(cast($alliance_band as varchar[]), alliance_band)
                then 0
                else 1
            end as missed_alliance_band,
            case
                when
                    $self_efficacy_band is null
                    or list_contains(cast($self_efficacy_band as varchar[]), self_efficacy_band)
                then 0
                else 1
            end as missed_self_efficacy_band
        from banded
    )
select
    *,
    missed_site
    + missed_cohort
    + missed_enrol_quarter
    + missed_age_band
    + missed_gender
    + missed_primary_substance
    + missed_referral_source
    + missed_housing
    + missed_alliance_band
    + missed_self_efficacy_band as missed
from matched
