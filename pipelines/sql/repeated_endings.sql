-- One row per episode of people with several in scope: its levels, the person, and how it ended after the clock's
-- start.
select level_1, level_2, dense_rank() over (order by participant_id) as person, t - $origin as day, cause
from matched
where t > $origin
qualify count(*) over (partition by level_1, level_2, participant_id) > 1
