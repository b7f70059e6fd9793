-- One row per pair of levels and pattern: people still in the program at the landmark, events of helping others since
-- then, and the days they were counted in.
select level_1, level_2, events, days, count(*) as people
from
    (
        select
            level_1,
            level_2,
            coalesce(
                (
                    select sum(helping.n_events)
                    from helping_days as helping
                    where helping.episode_id = matched.episode_id and helping.day - matched.zero_day > $origin
                ),
                0
            ) as events,
            greatest(1, extract_day - zero_day - $origin) as days
        from matched
        where t > $origin
    ) as persons
group by level_1, level_2, events, days
