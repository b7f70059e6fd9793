-- One row per pair of levels and pattern: how many people attended so many sessions in so many days in the program,
-- up to the last contact of those who left early, the exit of those who had another one, else the extract.
select level_1, level_2, events, days, count(*) as people
from
    (
        select
            level_1,
            level_2,
            sessions_attended as events,
            greatest(
                1,
                case
                    when exit_cause > 1
                    then exit_day
                    when cause = 1 or exit_cause = 1
                    then case when $only_attended then last_attended_day else last_contact_day end
                    else extract_day
                end
                - first_attended_day
                + 1
            ) as days
        from matched
        where t is not null and first_attended_day is not null
    ) as persons
group by level_1, level_2, events, days
