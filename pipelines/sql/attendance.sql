-- One row per pair of levels and pattern of sessions: how many people have exactly so many attended, due and scheduled.
select level_1, level_2, attended, due, scheduled, count(*) as people
from
    (
        select
            level_1,
            level_2,
            sum(sessions_attended) as attended,
            sum(sessions_attended + sessions_no_show + sessions_late_cancel) as due,
            sum(sessions_scheduled) as scheduled
        from matched
        group by level_1, level_2, participant_id
    ) as persons
where scheduled > 0
group by level_1, level_2, attended, due, scheduled
