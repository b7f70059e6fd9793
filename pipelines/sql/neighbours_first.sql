-- One row per number of filters a person misses and the first one missed: how many episodes, each of another person.
select missed, first_missed, count(*) as people
from matched
where $base = 'enrolled' or t > $origin
group by missed, first_missed
