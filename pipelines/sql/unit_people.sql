-- One row per person whose follow-up reaches the horizon: site, coach, whether they left early by then, traits.
select
    site,
    cast(coach_id as varchar) as coach,
    cause = 1 and t <= $horizon as left_early,
    severity_score,
    age_band,
    housing,
    primary_substance,
    prior_episodes
from matched
where follow_up >= $horizon and ending >= 0
