-- One row per pair of levels and horizon: people followed that far whatever happened, and how many had left early.
select
    matched.level_1,
    matched.level_2,
    horizons.horizon,
    count(*) as people,
    count(case when matched.cause = 1 and matched.t - $origin <= horizons.horizon then 1 end) as left_early
from matched
join (select unnest($horizons) as horizon) as horizons on matched.follow_up >= horizons.horizon + $origin
where matched.t > $origin
group by matched.level_1, matched.level_2, horizons.horizon
