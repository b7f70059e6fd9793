-- One row per episode of coaching of one person: its traits, contacts, exit, early scores and what pages read beside.
with
    person_order as (
        select
            episode_id,
            row_number() over (
                partition by participant_id order by episode_no nulls last, enrol_year, enrol_quarter, episode_id
            ) as place,
            row_number() over (order by episode_id) as episode_number,
            dense_rank() over (order by participant_id) as person_number
        from joined_episodes as episodes
    ),
    by_coach as materialized(
        select
            episode_no,
            coach_id,
            max(case when is_attended then day end) as last_day,
            count(case when is_attended then 1 end) as attended,
            count(case when is_no_show then 1 end) as no_show,
            count(case when is_late_cancel then 1 end) as late_cancel,
            count(*) as scheduled,
            count(case when is_attended and since_first <= $early_days then 1 end) as attended_early,
            count(case when is_attended and since_first <= $engaged_days then 1 end) as attended_to_engage
        from dated_sessions
        group by episode_no, coach_id
    ),
    attendance as (
        select
            episode_no,
            max(last_day) as last_attended_day,
            cast(sum(attended) as integer) as sessions_attended,
            cast(sum(no_show) as integer) as sessions_no_show,
            cast(sum(late_cancel) as integer) as sessions_late_cancel,
            cast(sum(scheduled) as integer) as sessions_scheduled,
            cast(sum(attended_to_engage) as integer) as attended_to_engage
        from by_coach
        group by episode_no
    ),
    main_coach as (
        select episode_no, coach_id
        from by_coach
        where coach_id is not null and attended > 0
        qualify row_number() over (partition by episode_no order by attended_early desc, attended desc, coach_id) = 1
    ),
    coach_order as (
        select coach_id, row_number() over (order by coach_id) as coach_number
        from (select distinct coach_id from main_coach) as coaches
    ),
    scored as (
        select
            mart_landmarks.episode_id,
            constructs.construct,
            mart_landmarks.n_ratings,
            case
                when mart_landmarks.n_ratings >= constructs.early_min_ratings then mart_landmarks.score_mean
            end as score,
            constructs.band_low,
            constructs.band_high,
            constructs.scale_max
        from mart_landmarks
        join
            constructs
            on constructs.instrument_id = mart_landmarks.instrument_id
            and constructs.instrument_version = mart_landmarks.instrument_version
            and constructs.rater = mart_landmarks.rater
        where mart_landmarks.landmark_day = $early_days
    ),
    banded as materialized(
        select
            episode_id,
            construct,
            n_ratings,
            score,
            case
                when score is null
                then null
                when score < band_low
                then 'lower'
                when score < band_high
                then 'middle'
                else 'higher'
            end as band,
            score >= scale_max as at_ceiling
        from scored
    ),
    severity as (
        select ratings.episode_no, arg_min(ratings.total, row(ratings.day, ratings.assessment_id)) as severity_score
        from dated_ratings as ratings
        join numbered_episodes as episodes on episodes.episode_no = ratings.episode_no
        join rated_kinds on rated_kinds.kind_no = ratings.kind_no
        join
            constructs
            on constructs.construct = $severity
            and constructs.instrument_id = rated_kinds.instrument_id
            and constructs.instrument_version = rated_kinds.instrument_version
            and constructs.rater = rated_kinds.rater
        where
            (ratings.wave = 'intake' or ratings.since_first <= 0)
            and ratings.day <= coalesce(episodes.first_attended_day, 0) + $early_days
        group by ratings.episode_no
    )
select
    episodes.episode_id,
    episodes.participant_id,
    person_order.place = 1 as is_first,
    coalesce(sites.site_code, 'Site ' || left(cast(episodes.site_id as varchar), 4)) as site,
    episodes.enrol_year || case when episodes.enrol_quarter <= 2 then '-H1' else '-H2' end as cohort,
    episodes.enrol_year,
    episodes.enrol_year || '-Q' || episodes.enrol_quarter as enrol_quarter,
    case
        when participants.age_band in ('65-74', '75-89', '90+')
        then '65+'
        else coalesce(participants.age_band, 'unknown')
    end as age_band,
    coalesce(participants.gender, 'undisclosed') as gender,
    coalesce(participants.race_eth, 'unknown') as race_eth,
    coalesce(participants.primary_substance, 'unknown') as primary_substance,
    coalesce(episodes.referral_source, 'unknown') as referral_source,
    coalesce(participants.housing, 'unknown') as housing,
    coalesce(participants.employment, 'unknown') as employment,
    episodes.enrolled_day,
    episodes.first_attended_day,
    attendance.last_attended_day,
    episodes.last_contact_day,
    episodes.extract_day,
    discharges.exit_day,
    discharges.exit_type,
    discharges.cause_group as exit_cause,
    coalesce(attendance.sessions_attended, 0) as sessions_attended,
    coalesce(attendance.sessions_no_show, 0) as sessions_no_show,
    coalesce(attendance.sessions_late_cancel, 0) as sessions_late_cancel,
    coalesce(attendance.sessions_scheduled, 0) as sessions_scheduled,
    main_coach.coach_id,
    participants.prior_episodes + person_order.place - 1 as prior_episodes,
    severity.severity_score,
    coalesce(
        episodes.first_attended_day <= episodes.enrolled_day + $initiated_days
        and attendance.attended_to_engage > $further_sessions,
        false
    ) as is_engaged,
    alliance.score as early_alliance_score,
    coalesce(alliance.n_ratings, 0) as early_alliance_ratings,
    alliance.band as early_alliance_band,
    alliance.at_ceiling as alliance_at_ceiling,
    self_efficacy.score as early_self_efficacy_score,
    coalesce(self_efficacy.n_ratings, 0) as early_self_efficacy_ratings,
    self_efficacy.band as early_self_efficacy_band,
    self_efficacy.at_ceiling as self_efficacy_at_ceiling,
    empathy.score as early_empathy_score,
    coalesce(empathy.n_ratings, 0) as early_empathy_ratings,
    empathy.band as early_empathy_band,
    empathy.at_ceiling as empathy_at_ceiling,
    empowerment.score as early_empowerment_score,
    coalesce(empowerment.n_ratings, 0) as early_empowerment_ratings,
    empowerment.band as early_empowerment_band,
    empowerment.at_ceiling as empowerment_at_ceiling,
    recovery_capital.score as early_recovery_capital_score,
    coalesce(recovery_capital.n_ratings, 0) as early_recovery_capital_ratings,
    recovery_capital.band as early_recovery_capital_band,
    recovery_capital.at_ceiling as recovery_capital_at_ceiling,
    person_order.episode_number,
    person_order.person_number,
    coach_order.coach_number,
    columns_of_scores.* exclude (episode_id),
    columns_of_sessions.* exclude (episode_id),
    columns_of_follow_up.* exclude (episode_id),
    columns_of_contacts.* exclude (episode_id)
from joined_episodes as episodes
join person_order on person_order.episode_id = episodes.episode_id
join numbered_episodes as numbered on numbered.episode_id = episodes.episode_id
join participants on participants.participant_id = episodes.participant_id
left join sites on sites.site_id = episodes.site_id
left join attendance on attendance.episode_no = numbered.episode_no
left join main_coach on main_coach.episode_no = numbered.episode_no
left join coach_order on coach_order.coach_id = main_coach.coach_id
left join banded as alliance on alliance.episode_id = episodes.episode_id and alliance.construct = 'alliance'
left join
    banded as self_efficacy
    on self_efficacy.episode_id = episodes.episode_id
    and self_efficacy.construct = 'self_efficacy'
left join banded as empathy on empathy.episode_id = episodes.episode_id and empathy.construct = 'empathy'
left join
    banded as empowerment on empowerment.episode_id = episodes.episode_id and empowerment.construct = 'empowerment'
left join
    banded as recovery_capital
    on recovery_capital.episode_id = episodes.episode_id
    and recovery_capital.construct = 'recovery_capital'
left join severity on severity.episode_no = numbered.episode_no
left join joined_discharges as discharges on discharges.episode_id = episodes.episode_id
left join columns_of_scores on columns_of_scores.episode_id = episodes.episode_id
left join columns_of_sessions on columns_of_sessions.episode_id = episodes.episode_id
left join columns_of_follow_up on columns_of_follow_up.episode_id = episodes.episode_id
left join columns_of_contacts on columns_of_contacts.episode_id = episodes.episode_id
