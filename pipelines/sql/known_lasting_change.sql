-- One row per pair of levels: people followed long enough, and those known to have kept a gain after an early enough
-- exit.
select
    matched.level_1,
    matched.level_2,
    count(*) as people,
    count(case when changes.is_lasting and matched.exit_day - matched.zero_day <= $ended_by then 1 end) as known
from matched
left join
    lasting_changes as changes
    on changes.episode_id = matched.episode_id
    and changes.construct = $construct
    and changes.follow_up_day = $follow_up_day
where matched.t is not null and matched.follow_up >= $known_after
group by matched.level_1, matched.level_2
