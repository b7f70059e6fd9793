-- One row per pair of levels: people enrolled long enough ago, those who initiated and those who engaged.
select
    level_1,
    level_2,
    count(*) as people,
    count(case when first_attended_day <= enrolled_day + $initiated_days then 1 end) as initiated,
    count(case when is_engaged then 1 end) as engaged
from matched
where extract_day - enrolled_day >= $known_after_days
group by level_1, level_2
