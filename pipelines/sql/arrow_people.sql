-- One row per person still in the program at the landmark: early scores, whether they stayed to the horizon (empty
-- where
-- it cannot be known), whether a gain is known to have lasted (empty before it could be), events of helping others
-- since
-- the landmark and the days they were counted in.
select
    early_empathy_score as empathy,
    early_alliance_score as alliance,
    early_empowerment_score as empowerment,
    early_self_efficacy_score as self_efficacy,
    case
        when follow_up - $origin >= $horizon then cast(not (cause = 1 and t - $origin <= $horizon) as integer)
    end as stayed,
    case
        when follow_up >= $known_after
        then cast(coalesce(gain = $kept and exit_day - zero_day <= $ended_by, false) as integer)
    end as lasting,
    coalesce(helping_events_later, 0) as events,
    greatest(1, extract_day - zero_day - $origin) as days,
    list_position($site_names, site) as site,
    coach_number as coach
from matched
where t > $origin
