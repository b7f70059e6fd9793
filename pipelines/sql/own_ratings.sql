-- One row per episode (as numbered by `stays`) and day with a person's own rating of the construct before the stay
-- ended: the mean of the day; of so many episodes that one in several is looked at.
select followed.stay, own.day - followed.zero_day as day, round(sum(own.total) / count(*), 9) as score
from
    (
        select episode_id, zero_day, t, divide(number, one_in) as stay
        from
            (
                select
                    episode_id,
                    zero_day,
                    t,
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
where own.day - followed.zero_day < followed.t
group by followed.stay, own.day - followed.zero_day
order by followed.stay, day
