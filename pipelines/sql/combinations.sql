-- One row per combination of categories: how many episodes, each of another person, began, could be followed at all,
-- and were followed beyond the landmark.
select
    * exclude (t),
    count(*) as enrolled,
    count(*) filter (where t > 0) as followed,
    count(*) filter (where t > $landmark) as at_landmark
from combined
group by all
