-- One row per episode with a session with a named coach or, since the first session, an event of helping others: how
-- many.
select
    episode_id,
    cast(max(with_main) as integer) as with_main_coach,
    cast(max(with_any) as integer) as with_any_coach,
    cast(max(events) as integer) as helping_events,
    cast(max(later) as integer) as helping_events_later,
    cast(max(once_known) as integer) as helping_events_once_known
from
    (
        select
            episode_id,
            max(sessions_attended) as with_main,
            sum(sessions_attended) as with_any,
            0 as events,
            0 as later,
            0 as once_known
        from coach_sessions
        group by episode_id
        union all
        select
            helping.episode_id,
            0,
            0,
            sum(helping.n_events),
            sum(case when helping.day - episodes.first_attended_day > $early_days then helping.n_events else 0 end),
            sum(case when helping.day - episodes.first_attended_day > $known_after then helping.n_events else 0 end)
        from helping_days as helping
        join joined_episodes as episodes on episodes.episode_id = helping.episode_id
        where helping.day >= episodes.first_attended_day
        group by helping.episode_id
    ) as counted
group by episode_id
