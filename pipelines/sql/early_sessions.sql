-- One row per episode with an attended session: sessions attended and due in its first days, and the days of its
-- second, third and fourth day with an attended session.
with
    held as (
        select
            sessions.episode_id,
            sessions.status,
            coalesce(sessions.occurred_day, sessions.scheduled_day) - episodes.first_attended_day as day
        from joined_sessions as sessions
        join joined_episodes as episodes on episodes.episode_id = sessions.episode_id
        where episodes.first_attended_day is not null
    ),
    by_day as (
        select
            episode_id,
            day,
            count(case when status = 'attended' then 1 end) as attended,
            count(case when status in ('attended', 'no_show', 'late_cancel') then 1 end) as due
        from held
        where day >= 0
        group by episode_id, day
    ),
    by_episode as (
        select
            episode_id,
            sum(case when day <= $early_days then attended end) as attended,
            sum(case when day <= $early_days then due end) as due,
            min(case when attended > 0 then day end, list_max($sessions)) as days
        from by_day
        group by episode_id
    )
select
    episode_id,
    cast(attended as integer) as attended_early,
    cast(due as integer) as due_early,
    days[$sessions[1]] as session_2_day,
    days[$sessions[2]] as session_3_day,
    days[$sessions[3]] as session_4_day
from by_episode
order by episode_id
