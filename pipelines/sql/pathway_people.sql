-- One row per person still in the program on the second day with both scores: the first score up to the first day, the
-- second from the ratings between the two days, whether they left early by the horizon,
-- whether a gain is known to have lasted and could be known, traits; categories as places in their names.
select
    exposure,
    mediator,
    cause = 1 and t <= $horizon as left_early,
    follow_up >= $known_after as is_known,
    coalesce(gain = $kept and exit_day - zero_day <= $ended_by, false) as lasting,
    list_position($site_names, site) as site,
    coach_number as coach,
    severity_score,
    list_position($age_band_names, age_band) as age_band,
    list_position($housing_names, housing) as housing,
    list_position($primary_substance_names, primary_substance) as primary_substance,
    prior_episodes
from matched
where t > $second_day and follow_up >= $horizon and exposure is not null and mediator is not null
