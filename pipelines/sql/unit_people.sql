-- One row per person whose follow-up reaches the horizon: site, coach, whether they left early by then, traits;
-- categories as places in their names.
select
    list_position($site_names, site) as site,
    coach_number as coach,
    cause = 1 and t <= $horizon as left_early,
    severity_score,
    list_position($age_band_names, age_band) as age_band,
    list_position($housing_names, housing) as housing,
    list_position($primary_substance_names, primary_substance) as primary_substance,
    prior_episodes
from matched
where follow_up >= $horizon and ending >= 0
