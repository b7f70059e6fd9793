-- One row per episode, construct and month since the first session with a rating: the mean of the person's ratings.
with
    ratings as (
        select
            assessments.episode_id,
            constructs.construct,
            cast(floor((assessments.day - episodes.first_attended_day) / $month_days) as integer) as month,
            assessments.total,
            coalesce(assessments.at_ceiling, false) as at_ceiling,
            assessments.total <= constructs.scale_min as at_floor
        from joined_assessments as assessments
        join joined_episodes as episodes on episodes.episode_id = assessments.episode_id
        join
            constructs
            on constructs.instrument_id = assessments.instrument_id
            and constructs.instrument_version = coalesce(assessments.instrument_version, '')
            and constructs.rater = assessments.rater
        where
            assessments.total is not null
            and list_contains($constructs, constructs.construct)
            and assessments.day between episodes.first_attended_day and episodes.first_attended_day + $last_day
    )
select
    episode_id,
    construct,
    month,
    cast(count(*) as integer) as n_ratings,
    round(sum(total) / count(*), 9) as score_mean,
    bool_and(at_ceiling) as at_ceiling,
    bool_and(at_floor) as at_floor
from ratings
group by episode_id, construct, month
order by episode_id, construct, month
