-- One row per pair of levels: different people among the episodes a curve can follow, and among all of them.
select
    level_1,
    level_2,
    count(distinct participant_id) as enrolled,
    count(distinct case when t > $origin then participant_id end) as followed
from matched
group by level_1, level_2
