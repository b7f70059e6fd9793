-- One row per episode of `followed` that is looked at and day with a person's own rating of the construct before the
-- stay ended: the mean of the day.
select followed.stay, own.day - followed.zero_day as day, round(sum(own.total) / count(*), 9) as score
from followed
join
    (
        select
            coalesce(resumed.part_of, given.episode_id) as episode_id,
            given.day + coalesce(resumed.shift, 0) as day,
            given.total
        from assessments as given
        join
            constructs
            on constructs.construct = $construct
            and constructs.instrument_id = given.instrument_id
            and constructs.instrument_version = coalesce(given.instrument_version, '')
            and constructs.rater = given.rater
        left join resumed_parts as resumed on resumed.episode_id = given.episode_id
        where given.total is not null
    ) as own
    on own.episode_id = followed.episode_id
where followed.is_looked_at and own.day - followed.zero_day < followed.t
group by followed.stay, own.day - followed.zero_day
order by followed.stay, day
