-- One row per person followed: the day of the session at which the comparison starts (empty if they never had it, or
-- are not known to have been in the program after it), the mean of enough ratings up to it, follow-up since, ending.
select
    case when reached.t > reached.reached_day then reached.reached_day end as session_day,
    case when scores.n_ratings >= constructs.early_min_ratings then scores.score_mean end as score,
    reached.t - reached.reached_day as day,
    reached.cause,
    reached.site,
    cast(reached.coach_id as varchar) as coach
from
    (
        select
            matched.*,
            matched.first_attended_day
            + case $session_no when 2 then session_2_day when 3 then session_3_day when 4 then session_4_day end
            - matched.zero_day as reached_day
        from matched
        left join early_sessions on early_sessions.episode_id = matched.episode_id
        where matched.t is not null
    ) as reached
left join
    session_scores as scores
    on scores.episode_id = reached.episode_id
    and scores.construct = $construct
    and scores.session_no = $session_no
left join constructs on constructs.construct = $construct
