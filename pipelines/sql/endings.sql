-- One row per pair of levels and ending: people (or episodes) with it; t * 8 + cause, -1 too recent, -2 never attended.
select
    level_1,
    level_2,
    case when t is not null then t * 8 + cause when zero_day is null then -2 else -1 end as ending,
    count(*) as people,
    min(follow_up) as shortest
from matched
group by level_1, level_2, ending
