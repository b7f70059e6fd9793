-- One row per pair of stored levels and ending: how many people (or episodes) have it, and the shortest follow-up.
select level_1, level_2, ending, count(*) as people, min(follow_up) as shortest
from matched
group by level_1, level_2, ending
