-- One row per pair of levels and pattern: how many people attended so many sessions in so many days in the program.
select level_1, level_2, events, days, count(*) as people
from
    (
        select
            level_1,
            level_2,
            sessions_attended as events,
            greatest(
                1,
                case when cause = 1 then last_contact_day when cause >= 2 then exit_day else extract_day end
                - first_attended_day
                + 1
            ) as days
        from matched
        where t is not null and first_attended_day is not null
    ) as persons
group by level_1, level_2, events, days
