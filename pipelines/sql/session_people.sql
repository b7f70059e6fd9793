-- One row per person followed: the day of the session at which the comparison starts (empty if they never had it, or
-- are not known to have been in the program after it), the mean of enough ratings up to it, follow-up since, ending.
select
    case when t > reached_day then reached_day end as session_day,
    score,
    t - reached_day as day,
    cause,
    list_position($site_names, site) as site,
    coach_number as coach
from
    (
        select *, first_attended_day + days_to_session - zero_day as reached_day from matched where t is not null
    ) as reached
