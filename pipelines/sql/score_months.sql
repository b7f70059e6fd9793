-- One row per episode, construct and month since the first session with a rating: the mean of the person's ratings.
with
    ratings as (
        select
            ratings.episode_no,
            constructs.construct,
            cast(floor(ratings.since_first / $month_days) as integer) as month,
            ratings.total,
            coalesce(ratings.at_ceiling, false) as at_ceiling,
            ratings.total <= constructs.scale_min as at_floor
        from dated_ratings as ratings
        join rated_kinds on rated_kinds.kind_no = ratings.kind_no
        join
            constructs
            on constructs.instrument_id = rated_kinds.instrument_id
            and constructs.instrument_version = rated_kinds.instrument_version
            and constructs.rater = rated_kinds.rater
        where list_contains($constructs, constructs.construct) and ratings.since_first between 0 and $last_day
    ),
    months as (
        select
            episode_no,
            construct,
            month,
            cast(count(*) as integer) as n_ratings,
            round(sum(total) / count(*), 9) as score_mean,
            bool_and(at_ceiling) as at_ceiling,
            bool_and(at_floor) as at_floor
        from ratings
        group by episode_no, construct, month
    )
select
    episodes.episode_id,
    months.construct,
    months.month,
    months.n_ratings,
    months.score_mean,
    months.at_ceiling,
    months.at_floor
from months
join numbered_episodes as episodes on episodes.episode_no = months.episode_no
order by months.episode_no, months.construct, months.month
