-- One row per episode and construct with a rating up to the last landmark: the early score, the score to each other
-- landmark, and the mean of the ratings between the two days of a pathway.
with
    rated as (
        select
            mart_landmarks.episode_id,
            constructs.construct,
            constructs.band_low,
            constructs.band_high,
            constructs.scale_max,
            mart_landmarks.landmark_day,
            mart_landmarks.n_ratings,
            mart_landmarks.score_mean,
            case
                when mart_landmarks.n_ratings >= constructs.early_min_ratings then mart_landmarks.score_mean
            end as score
        from mart_landmarks
        join
            constructs
            on constructs.instrument_id = mart_landmarks.instrument_id
            and constructs.instrument_version = mart_landmarks.instrument_version
            and constructs.rater = mart_landmarks.rater
    ),
    by_construct as (
        select
            episode_id,
            construct,
            band_low,
            band_high,
            scale_max,
            max(case when landmark_day = 14 then score end) as score_to_day_14,
            max(case when landmark_day = 60 then score end) as score_to_day_60,
            max(case when landmark_day = 90 then score end) as score_to_day_90,
            max(case when landmark_day = $early_days then score end) as early_score,
            max(case when landmark_day = $early_days then n_ratings end) as early_ratings,
            max(case when landmark_day = $first_day then n_ratings end) as n_sooner,
            max(case when landmark_day = $first_day then score_mean end) as score_sooner,
            max(case when landmark_day = $second_day then n_ratings end) as n_until,
            max(case when landmark_day = $second_day then score_mean end) as score_until
        from rated
        group by episode_id, construct, band_low, band_high, scale_max
    )
select
    episode_id,
    construct,
    early_score,
    early_ratings,
    case
        when early_score is null
        then null
        when early_score < band_low
        then 'lower'
        when early_score < band_high
        then 'middle'
        else 'higher'
    end as early_band,
    early_score >= scale_max as at_ceiling,
    score_to_day_14,
    score_to_day_60,
    score_to_day_90,
    case
        when n_until > coalesce(n_sooner, 0)
        then (score_until * n_until - coalesce(score_sooner * n_sooner, 0)) / (n_until - coalesce(n_sooner, 0))
    end as score_day_31_to_60
from by_construct
