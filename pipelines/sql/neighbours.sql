-- One row per number of filters a person misses and the first one missed: how many different people enrolled, could be
-- followed at all, and were followed beyond the landmark.
select
    missed,
    first_missed,
    count(distinct participant_id) as enrolled,
    count(distinct case when t > 0 then participant_id end) as followed,
    count(distinct case when t > $landmark then participant_id end) as at_landmark
from matched
group by missed, first_missed
