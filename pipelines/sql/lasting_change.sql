-- One row per pair of levels and follow-up day: people due who can be compared, who answered, and whose gain was kept.
select
    matched.level_1,
    matched.level_2,
    follow_ups.follow_up_day as x,
    count(changes.episode_id) as people,
    count(changes.is_lasting) as answered,
    count(case when changes.is_lasting then 1 end) as lasting,
    count(case when changes.is_lasting is null and changes.was_lasting then 1 end) as missing_was_lasting,
    count(case when changes.episode_id is null then 1 end) as not_compared
from matched
join follow_ups on follow_ups.episode_id = matched.episode_id
left join
    lasting_changes as changes
    on changes.episode_id = follow_ups.episode_id
    and changes.follow_up_day = follow_ups.follow_up_day
    and changes.construct = $construct
where matched.t is not null
group by matched.level_1, matched.level_2, follow_ups.follow_up_day
