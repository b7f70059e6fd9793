-- One row per person still in the program at the landmark who has an early score: follow-up since then, how it ended,
-- traits as places in their names; no person's code.
select
    person_number as person,
    early_score as score,
    t - $origin as day,
    cause,
    coach_number as coach,
    list_position($site_names, site) as site,
    list_position($age_band_names, age_band) as age_band,
    list_position($gender_names, gender) as gender,
    list_position($housing_names, housing) as housing,
    list_position($primary_substance_names, primary_substance) as primary_substance,
    list_position($referral_source_names, referral_source) as referral_source
from matched
where t > $origin and early_score is not null
