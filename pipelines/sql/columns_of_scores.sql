-- One row per episode with a rating up to the last landmark: scores to each landmark but the usual one, and the mean of
-- the ratings between the two days of a pathway.
with
    rated as (
        select
            mart_landmarks.episode_id,
            constructs.construct,
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
    beside as (
        select
            *,
            case
                when landmark_day = $second_day and n_ratings > coalesce(n_sooner, 0)
                then
                    (score_mean * n_ratings - coalesce(score_sooner * n_sooner, 0))
                    / (n_ratings - coalesce(n_sooner, 0))
            end as later_score
        from
            (
                select
                    *,
                    max(case when landmark_day = $first_day then n_ratings end) over same as n_sooner,
                    max(case when landmark_day = $first_day then score_mean end) over same as score_sooner
                from rated
                window same as (partition by episode_id, construct)
            ) as with_sooner
    )
select
    episode_id,
    max(case when construct = 'alliance' and landmark_day = 14 then score end) as alliance_score_to_day_14,
    max(case when construct = 'alliance' and landmark_day = 60 then score end) as alliance_score_to_day_60,
    max(case when construct = 'alliance' and landmark_day = 90 then score end) as alliance_score_to_day_90,
    max(case when construct = 'self_efficacy' and landmark_day = 14 then score end) as self_efficacy_score_to_day_14,
    max(case when construct = 'self_efficacy' and landmark_day = 60 then score end) as self_efficacy_score_to_day_60,
    max(case when construct = 'self_efficacy' and landmark_day = 90 then score end) as self_efficacy_score_to_day_90,
    max(case when construct = 'empathy' and landmark_day = 14 then score end) as empathy_score_to_day_14,
    max(case when construct = 'empathy' and landmark_day = 60 then score end) as empathy_score_to_day_60,
    max(case when construct = 'empathy' and landmark_day = 90 then score end) as empathy_score_to_day_90,
    max(case when construct = 'empowerment' and landmark_day = 14 then score end) as empowerment_score_to_day_14,
    max(case when construct = 'empowerment' and landmark_day = 60 then score end) as empowerment_score_to_day_60,
    max(case when construct = 'empowerment' and landmark_day = 90 then score end) as empowerment_score_to_day_90,
    max(
        case when construct = 'recovery_capital' and landmark_day = 14 then score end
    ) as recovery_capital_score_to_day_14,
    max(
        case when construct = 'recovery_capital' and landmark_day = 60 then score end
    ) as recovery_capital_score_to_day_60,
    max(
        case when construct = 'recovery_capital' and landmark_day = 90 then score end
    ) as recovery_capital_score_to_day_90,
    max(case when construct = 'alliance' then later_score end) as alliance_score_day_31_to_60,
    max(case when construct = 'self_efficacy' then later_score end) as self_efficacy_score_day_31_to_60,
    max(case when construct = 'empathy' then later_score end) as empathy_score_day_31_to_60,
    max(case when construct = 'empowerment' then later_score end) as empowerment_score_day_31_to_60,
    max(case when construct = 'recovery_capital' then later_score end) as recovery_capital_score_day_31_to_60
from beside
group by episode_id
