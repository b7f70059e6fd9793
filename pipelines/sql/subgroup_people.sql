-- One row per person still in the program at the landmark who has an early score: follow-up since then, how it ended,
-- traits; no person's code.
select
    dense_rank() over (order by participant_id) as person,
    early_score as score,
    t - $origin as day,
    cause,
    cast(coach_id as varchar) as coach,
    site,
    age_band,
    gender,
    housing,
    primary_substance,
    referral_source
from matched
where t > $origin and early_score is not null
