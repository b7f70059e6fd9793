-- One row per scored episode of people with several in scope: the person, the score, and how it ended after the
-- landmark.
select early_score as score, dense_rank() over (order by participant_id) as person, t - $origin as day, cause
from matched
where t > $origin and early_score is not null
qualify count(*) over (partition by participant_id) > 1
