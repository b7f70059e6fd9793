-- One row per pair of levels and pattern: how many people have so many events of helping others in so many days.
select level_1, level_2, events, days, count(*) as people
from
    (
        select
            level_1,
            level_2,
            coalesce(helping_events, 0) as events,
            greatest(1, extract_day - first_attended_day) as days
        from matched
        where t is not null and first_attended_day is not null
    ) as persons
group by level_1, level_2, events, days
