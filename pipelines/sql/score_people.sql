-- One row per person still in the program at the landmark: follow-up since then, how it ended, early score and band
-- if there is one, and what the models adjust for; no person's code.
select
    early_score as score,
    early_band as band,
    t - $origin as day,
    cause,
    follow_up - $origin as follow_up,
    site,
    cast(coach_id as varchar) as coach,
    severity_score,
    age_band,
    housing,
    primary_substance,
    prior_episodes
from matched
where t > $origin
