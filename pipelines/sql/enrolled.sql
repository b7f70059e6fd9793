-- One row per pair of levels: different people who enrolled, and those of them who never attended a session.
select
    level_1,
    level_2,
    count(distinct participant_id) as people,
    count(distinct case when first_attended_day is null then participant_id end) as never_attended
from matched
group by level_1, level_2
