-- One row per pair of levels, state, day and cause: people (or episodes) whose follow-up ended so.
select
    level_1,
    level_2,
    case when zero_day is null then 'never_attended' when t is null then 'immature' else 'followed' end as state,
    t,
    cause,
    count(*) as people,
    min(follow_up) as shortest
from matched
group by level_1, level_2, state, t, cause
