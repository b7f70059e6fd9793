-- One row per episode (as numbered by `stays`) and day with a planned session missed without word.
select distinct followed.stay, missed.day - followed.zero_day as day
from
    (
        select episode_id, zero_day, divide(number, one_in) as stay
        from
            (
                select
                    episode_id,
                    zero_day,
                    row_number() over (order by episode_number) as number,
                    divide(count(*) over () + $most_stays - 1, $most_stays) as one_in
                from matched
                where ending >= 0
            ) as numbered
        where number % one_in = 0
    ) as followed
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
order by followed.stay, day
