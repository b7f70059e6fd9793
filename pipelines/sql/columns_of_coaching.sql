-- One row per episode: its number and place among those of the person, its sessions, its main coach, its severity.
with
    numbered as (
        select
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
    numbered.place,
    numbered.episode_no as episode_number,
    cast(numbered.person_number as integer) as person_number,
    attendance.last_attended_day,
    attendance.sessions_attended,
    attendance.sessions_no_show,
    attendance.sessions_late_cancel,
    attendance.sessions_scheduled,
    attendance.attended_to_engage,
    main_coach.coach_id,
    coach_order.coach_number,
    severity.severity_score
from numbered
join numbered_episodes as episodes on episodes.episode_no = numbered.episode_no
left join attendance on attendance.episode_no = numbered.episode_no
left join main_coach on main_coach.episode_no = numbered.episode_no
left join coach_order on coach_order.coach_id = main_coach.coach_id
left join severity on severity.episode_no = numbered.episode_no
