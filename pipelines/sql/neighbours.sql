-- One row per number of filters a person misses and the first one missed: how many different people.
select missed, first_missed, count(distinct participant_id) as people
from matched
where $base = 'enrolled' or t > $origin
group by missed, first_missed
