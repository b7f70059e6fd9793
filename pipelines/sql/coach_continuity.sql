-- One row per pair of levels and pattern: how many people had so many of so many sessions with their main coach.
select level_1, level_2, with_main_coach as with_main, with_any_coach as with_any, count(*) as people
from matched
where with_any_coach >= $least_sessions
group by level_1, level_2, with_main_coach, with_any_coach
