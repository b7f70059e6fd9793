-- One row per episode with an attended session: sessions attended and due in its first days, sessions attended in the
-- days after, and the days of its second, third and fourth day with an attended session.
with
    counted as (
        select
            episode_no,
            sum(case when since_first <= $early_days then cast(is_attended as integer) end) as attended,
            sum(
                case
                    when since_first <= $early_days then cast(is_attended or is_no_show or is_late_cancel as integer)
                end
            ) as due,
            count(
                case when is_attended and since_first > $early_days and since_first <= $until_day then 1 end
            ) as later,
            min(case when is_attended then since_first end, list_max($sessions)) as days
        from dated_sessions
        where since_first >= 0
        group by episode_no
    ),
    -- where two sessions fell on one day, which is rare, the days are counted again, each once
    repeated as (select episode_no from counted where days[1] = days[2] or days[2] = days[3] or days[3] = days[4]),
    once_each as (
        select distinct dated_sessions.episode_no, dated_sessions.since_first
        from dated_sessions
        semi join repeated on repeated.episode_no = dated_sessions.episode_no
        where dated_sessions.is_attended and dated_sessions.since_first >= 0
    ),
    days_apart as (select episode_no, min(since_first, list_max($sessions)) as days from once_each group by episode_no),
    by_episode as (
        select
            counted.episode_no,
            counted.attended,
            counted.due,
            counted.later,
            coalesce(days_apart.days, counted.days) as days
        from counted
        left join days_apart on days_apart.episode_no = counted.episode_no
    )
select
    episodes.episode_id,
    cast(by_episode.attended as integer) as attended_early,
    cast(by_episode.due as integer) as due_early,
    cast(by_episode.later as integer) as attended_later,
    by_episode.days[$sessions[1]] as session_2_day,
    by_episode.days[$sessions[2]] as session_3_day,
    by_episode.days[$sessions[3]] as session_4_day
from by_episode
join numbered_episodes as episodes on episodes.episode_no = by_episode.episode_no
order by by_episode.episode_no
