-- One row per pair of levels: people followed long enough, and those known to have kept a gain after an early enough
-- exit.
select
    level_1,
    level_2,
    count(*) as people,
    count(case when gain = $kept and exit_day - zero_day <= $ended_by then 1 end) as known
from matched
where t is not null and follow_up >= $known_after
group by level_1, level_2
