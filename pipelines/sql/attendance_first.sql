-- One row per pair of levels and pattern of sessions: how many people have exactly so many attended, due and scheduled,
-- where each episode is another person's; numbers as sums of several episodes come.
select
    level_1,
    level_2,
    cast(sessions_attended as double) as attended,
    cast(sessions_attended + sessions_no_show + sessions_late_cancel as double) as due,
    cast(sessions_scheduled as double) as scheduled,
    count(*) as people
from matched
where sessions_scheduled > 0
group by level_1, level_2, attended, due, scheduled
