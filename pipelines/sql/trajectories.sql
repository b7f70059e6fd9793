-- One row per person and month with a rating of the construct: a number for the person, how and when the stay ended.
select
    matched.episode_number as person,
    months.month,
    months.score_mean as score,
    months.at_ceiling,
    months.at_floor,
    matched.cause,
    matched.t
from matched
join score_months as months on months.episode_id = matched.episode_id
where months.construct = $construct and matched.ending >= 0 and months.month * $month_days < matched.t
