-- One row per episode, instrument, version, rater and landmark day with at least one scored rating.
with
    ratings as (
        select
            assessments.episode_id,
            assessments.instrument_id,
            coalesce(assessments.instrument_version, '') as instrument_version,
            assessments.rater,
            assessments.total,
            assessments.day - episodes.first_attended_day as day
        from joined_assessments as assessments
        join joined_episodes as episodes on episodes.episode_id = assessments.episode_id
        where
            assessments.total is not null
            and assessments.day >= episodes.first_attended_day
            and assessments.day <= episodes.first_attended_day + list_max($landmark_days)
    ),
    -- the four landmarks side by side: a rating is grouped once, not once for each landmark it counts for
    landmarks as (
        select
            episode_id,
            instrument_id,
            instrument_version,
            rater,
            [
                count(case when day <= $landmark_days[1] then 1 end),
                count(case when day <= $landmark_days[2] then 1 end),
                count(case when day <= $landmark_days[3] then 1 end),
                count(*)
            ] as counts,
            [
                sum(case when day <= $landmark_days[1] then total end),
                sum(case when day <= $landmark_days[2] then total end),
                sum(case when day <= $landmark_days[3] then total end),
                sum(total)
            ] as sums,
            [
                max(case when day <= $landmark_days[1] then day end),
                max(case when day <= $landmark_days[2] then day end),
                max(case when day <= $landmark_days[3] then day end),
                max(day)
            ] as last_days
        from ratings
        group by episode_id, instrument_id, instrument_version, rater
        order by episode_id, instrument_id, instrument_version, rater
    ),
    unfolded as (
        select
            episode_id,
            instrument_id,
            instrument_version,
            rater,
            unnest($landmark_days) as landmark_day,
            unnest(counts) as n_ratings,
            unnest(sums) as total,
            unnest(last_days) as last_day
        from landmarks
    )
select
    episode_id,
    instrument_id,
    instrument_version,
    rater,
    landmark_day,
    n_ratings,
    round(total / n_ratings, 9) as score_mean,
    last_day
from unfolded
where n_ratings > 0
