-- One row per person still in the program at the landmark: follow-up since then, how it ended, early score if there is
-- one, traits, and the share of sessions due up to the landmark that were attended; no person's code.
select
    dense_rank() over (order by participant_id) as person,
    matched.early_score as score,
    matched.t - $origin as day,
    matched.cause,
    matched.site,
    cast(matched.coach_id as varchar) as coach,
    matched.severity_score,
    matched.age_band,
    matched.housing,
    early_sessions.attended_early / nullif(early_sessions.due_early, 0) as attendance
from matched
left join early_sessions on early_sessions.episode_id = matched.episode_id
where matched.t > $origin
