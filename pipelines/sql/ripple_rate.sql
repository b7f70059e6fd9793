-- One row per pair of levels and pattern: how many people have so many events of helping others in so many days.
select level_1, level_2, events, days, count(*) as people
from
    (
        select
            matched.level_1,
            matched.level_2,
            coalesce(ripple_events.n_events, 0) as events,
            greatest(1, matched.extract_day - matched.first_attended_day) as days
        from matched
        left join ripple_events on ripple_events.episode_id = matched.episode_id
        where matched.t is not null and matched.first_attended_day is not null
    ) as persons
group by level_1, level_2, events, days
