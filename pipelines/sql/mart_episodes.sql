-- One row per episode of coaching of one person: its traits, contacts, exit, early scores and what pages read beside.
with
    numbered as (
        select
            episodes.episode_id,
            numbered_episodes.episode_no,
            row_number() over (
                partition by episodes.participant_id
                order by episodes.episode_no nulls last, enrol_year, enrol_quarter, episodes.episode_id
            ) as place,
            dense_rank() over (order by episodes.participant_id) as person_number
        from joined_episodes as episodes
        join numbered_episodes on numbered_episodes.episode_id = episodes.episode_id
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
    numbered.place = 1 as is_first,
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
    participants.prior_episodes + numbered.place - 1 as prior_episodes,
    severity.severity_score,
    coalesce(
        episodes.first_attended_day <= episodes.enrolled_day + $initiated_days
        and attendance.attended_to_engage > $further_sessions,
        false
    ) as is_engaged,
    numbered.episode_no as episode_number,
    numbered.person_number,
    coach_order.coach_number,
    alliance.early_score as early_alliance_score,
    coalesce(alliance.early_ratings, 0) as early_alliance_ratings,
    alliance.early_band as early_alliance_band,
    alliance.at_ceiling as alliance_at_ceiling,
    alliance.score_to_day_14 as alliance_score_to_day_14,
    alliance.score_to_day_60 as alliance_score_to_day_60,
    alliance.score_to_day_90 as alliance_score_to_day_90,
    alliance.score_day_31_to_60 as alliance_score_day_31_to_60,
    self_efficacy.early_score as early_self_efficacy_score,
    coalesce(self_efficacy.early_ratings, 0) as early_self_efficacy_ratings,
    self_efficacy.early_band as early_self_efficacy_band,
    self_efficacy.at_ceiling as self_efficacy_at_ceiling,
    self_efficacy.score_to_day_14 as self_efficacy_score_to_day_14,
    self_efficacy.score_to_day_60 as self_efficacy_score_to_day_60,
    self_efficacy.score_to_day_90 as self_efficacy_score_to_day_90,
    self_efficacy.score_day_31_to_60 as self_efficacy_score_day_31_to_60,
    empathy.early_score as early_empathy_score,
    coalesce(empathy.early_ratings, 0) as early_empathy_ratings,
    empathy.early_band as early_empathy_band,
    empathy.at_ceiling as empathy_at_ceiling,
    empathy.score_to_day_14 as empathy_score_to_day_14,
    empathy.score_to_day_60 as empathy_score_to_day_60,
    empathy.score_to_day_90 as empathy_score_to_day_90,
    empathy.score_day_31_to_60 as empathy_score_day_31_to_60,
    empowerment.early_score as early_empowerment_score,
    coalesce(empowerment.early_ratings, 0) as early_empowerment_ratings,
    empowerment.early_band as early_empowerment_band,
    empowerment.at_ceiling as empowerment_at_ceiling,
    empowerment.score_to_day_14 as empowerment_score_to_day_14,
    empowerment.score_to_day_60 as empowerment_score_to_day_60,
    empowerment.score_to_day_90 as empowerment_score_to_day_90,
    empowerment.score_day_31_to_60 as empowerment_score_day_31_to_60,
    recovery_capital.early_score as early_recovery_capital_score,
    coalesce(recovery_capital.early_ratings, 0) as early_recovery_capital_ratings,
    recovery_capital.early_band as early_recovery_capital_band,
    recovery_capital.at_ceiling as recovery_capital_at_ceiling,
    recovery_capital.score_to_day_14 as recovery_capital_score_to_day_14,
    recovery_capital.score_to_day_60 as recovery_capital_score_to_day_60,
    recovery_capital.score_to_day_90 as recovery_capital_score_to_day_90,
    recovery_capital.score_day_31_to_60 as recovery_capital_score_day_31_to_60,
    columns_of_sessions.* exclude (episode_id),
    columns_of_follow_up.* exclude (episode_id),
    columns_of_contacts.* exclude (episode_id)
from joined_episodes as episodes
join numbered on numbered.episode_id = episodes.episode_id
join participants on participants.participant_id = episodes.participant_id
left join sites on sites.site_id = episodes.site_id
left join attendance on attendance.episode_no = numbered.episode_no
left join main_coach on main_coach.episode_no = numbered.episode_no
left join coach_order on coach_order.coach_id = main_coach.coach_id
left join severity on severity.episode_no = numbered.episode_no
left join joined_discharges as discharges on discharges.episode_id = episodes.episode_id
left join columns_of_scores as alliance on alliance.episode_id = episodes.episode_id and alliance.construct = 'alliance'
left join
    columns_of_scores as self_efficacy
    on self_efficacy.episode_id = episodes.episode_id
    and self_efficacy.construct = 'self_efficacy'
left join columns_of_scores as empathy on empathy.episode_id = episodes.episode_id and empathy.construct = 'empathy'
left join
    columns_of_scores as empowerment
    on empowerment.episode_id = episodes.episode_id
    and empowerment.construct = 'empowerment'
left join
    columns_of_scores as recovery_capital
    on recovery_capital.episode_id = episodes.episode_id
    and recovery_capital.construct = 'recovery_capital'
left join columns_of_sessions on columns_of_sessions.episode_id = episodes.episode_id
left join columns_of_follow_up on columns_of_follow_up.episode_id = episodes.episode_id
left join columns_of_contacts on columns_of_contacts.episode_id = episodes.episode_id
