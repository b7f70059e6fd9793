-- One row per person followed: the day of the session at which the comparison starts (empty if they never had it or
-- are not known to have been in the program then), the mean of enough ratings up to it, follow-up since, ending.
select
    landmark.day as session_day,
    case when scores.n_ratings >= constructs.early_min_ratings then scores.score_mean end as score,
    matched.t - landmark.day as day,
    matched.cause,
    matched.site,
    cast(matched.coach_id as varchar) as coach
from matched
left join
    (
        select
            early_sessions.episode_id,
            mart_episodes.first_attended_day + case
                $session_no when 2 then session_2_day when 3 then session_3_day when 4 then session_4_day
            end as calendar_day
        from early_sessions
        join mart_episodes on mart_episodes.episode_id = early_sessions.episode_id
    ) as reached
    on reached.episode_id = matched.episode_id
left join
    session_scores as scores
    on scores.episode_id = matched.episode_id
    and scores.construct = $construct
    and scores.session_no = $session_no
left join constructs on constructs.construct = $construct
cross join
    lateral(
        select
            case
                when matched.t > reached.calendar_day - matched.zero_day then reached.calendar_day - matched.zero_day
            end as day
    ) as landmark
where matched.t > 0
