-- One row per early score, day after the landmark and cause: people with that score whose follow-up ended so.
select early_score as score, t - $origin as day, cause, count(*) as people
from matched
where t > $origin and early_score is not null
group by early_score, day, cause
order by all
