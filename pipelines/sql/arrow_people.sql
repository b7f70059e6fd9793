-- One row per person still in the program at the landmark: early scores and sessions attended by then, sessions
-- attended
-- later and the days they were counted in (empty where the records end sooner), whether they stayed to the horizon
-- (empty where it cannot be known), whether a gain is known to have lasted (empty before it could be), and events of
-- helping others with the days they were counted in: since the landmark, and since a lasting change is known.
select
    early_empathy_score as empathy,
    early_alliance_score as alliance,
    early_empowerment_score as empowerment,
    early_self_efficacy_score as self_efficacy,
    attended_early as sessions,
    case when follow_up >= $until_day then attended_later end as later_sessions,
    case when cause > 1 then least(t, $until_day) else $until_day end - $origin as later_days,
    case
        when follow_up - $origin >= $horizon then cast(not (cause = 1 and t - $origin <= $horizon) as integer)
    end as stayed,
    case
        when follow_up >= $known_after
        then cast(coalesce(gain = $kept and exit_day - zero_day <= $ended_by, false) as integer)
    end as lasting,
    coalesce(helping_events_later, 0) as events,
    greatest(1, extract_day - zero_day - $origin) as days,
    case when extract_day - zero_day > $known_after then coalesce(helping_events_once_known, 0) end as known_events,
    extract_day - zero_day - $known_after as known_days,
    list_position($site_names, site) as site,
    coach_number as coach
from matched
where t > $origin
