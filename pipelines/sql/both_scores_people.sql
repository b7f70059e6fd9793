-- One row per person still in the program at the landmark: follow-up since then, how it ended, both early scores if
-- there are any, site as its place in the names; no person's code.
select
    first_score,
    second_score,
    t - $origin as day,
    cause,
    follow_up - $origin as follow_up,
    list_position($site_names, site) as site,
    coach_number as coach
from matched
where t > $origin
