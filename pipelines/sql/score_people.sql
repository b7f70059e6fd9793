-- One row per person still in the program at the landmark: follow-up since then, how it ended, early score and band
-- if there is one, and what the models adjust for, categories as places in their names; no person's code.
select
    early_score as score,
    list_position($band_names, early_band) as band,
    t - $origin as day,
    cause,
    follow_up - $origin as follow_up,
    list_position($site_names, site) as site,
    coach_number as coach,
    severity_score,
    list_position($age_band_names, age_band) as age_band,
    list_position($housing_names, housing) as housing,
    list_position($primary_substance_names, primary_substance) as primary_substance,
    prior_episodes
from matched
where t > $origin
