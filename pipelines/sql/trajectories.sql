-- One row per person and month with a rating of the construct: a number for the person, how and when the stay ended.
-- Of the month in which somebody left, the ratings up to then: that of the last contact, or of another exit, is the
-- last day whose ratings count. In one order, so that sums of the same scores have the same last digit.
select *
from
    (
        with
            stays as (
                select
                    episode_id,
                    episode_number as person,
                    cause,
                    t,
                    first_attended_day,
                    t + zero_day - first_attended_day - cast(cause <= 1 as integer) as last_day
                from matched
                where ending >= 0
            ),
            months as (
                select
                    stays.*,
                    score_months.month,
                    score_months.score_mean as score,
                    score_months.at_ceiling,
                    score_months.at_floor,
                    stays.cause = 0 or (score_months.month + 1) * $month_days <= stays.last_day + 1 as is_whole
                from stays
                join score_months on score_months.episode_id = stays.episode_id
                where score_months.construct = $construct and score_months.month * $month_days <= stays.last_day
            ),
            parted as (
                select
                    months.person,
                    months.month,
                    round(sum(own.total) / count(*), 9) as score,
                    bool_and(own.at_ceiling) as at_ceiling,
                    bool_and(own.at_floor) as at_floor,
                    months.cause,
                    months.t
                from months
                join
                    (
                        select
                            coalesce(resumed.part_of, given.episode_id) as episode_id,
                            given.day + coalesce(resumed.shift, 0) as day,
                            given.total,
                            coalesce(given.at_ceiling, false) as at_ceiling,
                            given.total <= constructs.scale_min as at_floor
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
                    on own.episode_id = months.episode_id
                    and own.day - months.first_attended_day between months.month * $month_days and months.last_day
                where not months.is_whole
                group by months.person, months.month, months.cause, months.t
            )
        select person, month, score, at_ceiling, at_floor, cause, t
        from months
        where is_whole
        union all
        select person, month, score, at_ceiling, at_floor, cause, t
        from parted
    ) as told
order by person, month
