-- One row per episode and coach with at least one attended session.
with
    attended as (
        select episode_no, coach_id, count(*) as sessions_attended
        from dated_sessions
        where is_attended and coach_id is not null
        group by episode_no, coach_id
    )
select episodes.episode_id, attended.coach_id, attended.sessions_attended
from attended
join numbered_episodes as episodes on episodes.episode_no = attended.episode_no
order by attended.episode_no, attended.coach_id
