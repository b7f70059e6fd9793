-- One row per episode of `followed` that is looked at and day with a planned session missed without word.
select distinct followed.stay, missed.day - followed.zero_day as day
from followed
join
    (
        select
            coalesce(resumed.part_of, given.episode_id) as episode_id,
            given.scheduled_day + coalesce(resumed.shift, 0) as day
        from sessions as given
        left join resumed_parts as resumed on resumed.episode_id = given.episode_id
        where given.status = 'no_show' and given.scheduled_day is not null
    ) as missed
    on missed.episode_id = followed.episode_id
where followed.is_looked_at
order by followed.stay, day
