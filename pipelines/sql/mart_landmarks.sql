-- One row per episode, instrument, version, rater and landmark day with at least one scored rating.
with
    ratings as (
        select
            assessments.episode_id,
            assessments.instrument_id,
            coalesce(assessments.instrument_version, '') as instrument_version,
            assessments.rater,
            assessments.total,
            assessments.day - episodes.first_attended_day as day_since_first
        from assessments
        join episodes on episodes.episode_id = assessments.episode_id
        where
            assessments.total is not null
            and assessments.day >= episodes.first_attended_day
            and assessments.day <= episodes.first_attended_day + list_max($landmark_days)
    ),
    landmarks as (select unnest($landmark_days) as landmark_day)
select
    ratings.episode_id,
    ratings.instrument_id,
    ratings.instrument_version,
    ratings.rater,
    landmarks.landmark_day,
    count(*) as n_ratings,
    round(avg(ratings.total), 9) as score_mean,
    max(ratings.day_since_first) as last_day
from ratings
join landmarks on ratings.day_since_first <= landmarks.landmark_day
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
