-- One row per episode, instrument, version, rater and landmark day with at least one scored rating.
with
    ratings as (
        select episode_no, kind_no, total, since_first as day
        from dated_ratings
        where since_first >= 0 and since_first <= list_max($landmark_days)
    ),
    -- the four landmarks side by side: a rating is grouped once, not once for each landmark it counts for
    landmarks as (
        select
            episode_no,
            kind_no,
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
        group by episode_no, kind_no
    ),
    named as (
        select
            episodes.episode_id,
            rated_kinds.instrument_id,
            rated_kinds.instrument_version,
            rated_kinds.rater,
            landmarks.counts,
            landmarks.sums,
            landmarks.last_days
        from landmarks
        join numbered_episodes as episodes on episodes.episode_no = landmarks.episode_no
        join rated_kinds on rated_kinds.kind_no = landmarks.kind_no
        order by landmarks.episode_no, landmarks.kind_no
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
        from named
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
