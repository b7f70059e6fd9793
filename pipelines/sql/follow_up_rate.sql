-- One row per pair of levels and follow-up day: people whose follow-up was due, and those who answered.
select
    matched.level_1,
    matched.level_2,
    follow_ups.follow_up_day as x,
    count(*) as people,
    count(case when follow_ups.is_answered then 1 end) as answered
from matched
join follow_ups on follow_ups.episode_id = matched.episode_id
where matched.t is not null
group by matched.level_1, matched.level_2, follow_ups.follow_up_day
