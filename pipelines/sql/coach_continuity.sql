-- One row per pair of levels and pattern: how many people had so many of so many sessions with their main coach.
select matched.level_1, matched.level_2, met.with_main, met.with_any, count(*) as people
from matched
join
    (
        select episode_id, max(sessions_attended) as with_main, sum(sessions_attended) as with_any
        from coach_sessions
        group by episode_id
        having sum(sessions_attended) >= $least_sessions
    ) as met
    on met.episode_id = matched.episode_id
group by matched.level_1, matched.level_2, met.with_main, met.with_any
