-- One row per person still in the program at the landmark: follow-up since then, how it ended, early score if there is
-- one, traits, and the share of sessions due up to the landmark that were attended; no person's code.
select
    person_number as person,
    early_score as score,
    t - $origin as day,
    cause,
    list_position($site_names, site) as site,
    coach_number as coach,
    severity_score,
    list_position($age_band_names, age_band) as age_band,
    list_position($housing_names, housing) as housing,
    attended_early / nullif(due_early, 0) as attendance
from matched
where t > $origin
