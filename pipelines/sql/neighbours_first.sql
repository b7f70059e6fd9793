-- One row per number of filters a person misses and the first one missed: how many episodes, each of another person,
-- began, could be followed at all, and were followed beyond the landmark.
select
    missed,
    first_missed,
    count(*) as enrolled,
    count(*) filter (where t > 0) as followed,
    count(*) filter (where t > $landmark) as at_landmark
from matched
group by missed, first_missed
