-- One row per pair of levels and horizon: people enrolled long enough ago, and those with a first session by then.
select
    matched.level_1,
    matched.level_2,
    horizons.horizon,
    count(*) as people,
    count(case when matched.first_attended_day <= matched.enrolled_day + horizons.horizon then 1 end) as started
from matched
cross join (select unnest($horizons) as horizon) as horizons
where matched.extract_day - matched.enrolled_day >= $known_after_days
group by matched.level_1, matched.level_2, horizons.horizon
