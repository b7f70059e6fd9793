-- One row per person still in the program at a landmark who has enough ratings up to it: follow-up since, ending,
-- score.
select
    landmarks.score_mean as score,
    matched.t - $landmark as day,
    matched.cause,
    matched.site,
    cast(matched.coach_id as varchar) as coach
from matched
join mart_landmarks as landmarks on landmarks.episode_id = matched.episode_id
join
    constructs
    on constructs.instrument_id = landmarks.instrument_id
    and constructs.instrument_version = landmarks.instrument_version
    and constructs.rater = landmarks.rater
where
    constructs.construct = $construct
    and landmarks.landmark_day = $landmark
    and landmarks.n_ratings >= constructs.early_min_ratings
    and matched.t > $landmark
