-- One row per person still in the program at the landmark: follow-up since then, how it ended, both early scores if
-- there are any; no person's code.
select
    first_score,
    second_score,
    t - $origin as day,
    cause,
    follow_up - $origin as follow_up,
    site,
    cast(coach_id as varchar) as coach
from matched
where t > $origin
