-- One row per person still in the program on the second day with both scores: the first score up to the first day, the
-- second from the ratings between the two days, whether they left early by the horizon,
-- whether a gain is known to have lasted and could be known, traits.
select
    sooner.score_mean as exposure,
    (until.score_mean * until.n_ratings - coalesce(before.score_mean * before.n_ratings, 0))
    / (until.n_ratings - coalesce(before.n_ratings, 0)) as mediator,
    matched.cause = 1 and matched.t <= $horizon as left_early,
    matched.follow_up >= $known_after as is_known,
    coalesce(changes.is_lasting and matched.exit_day - matched.zero_day <= $ended_by, false) as lasting,
    matched.site,
    cast(matched.coach_id as varchar) as coach,
    matched.severity_score,
    matched.age_band,
    matched.housing,
    matched.primary_substance,
    matched.prior_episodes
from matched
join constructs as first_scale on first_scale.construct = $exposure
join constructs as second_scale on second_scale.construct = $mediator
join
    mart_landmarks as sooner
    on sooner.episode_id = matched.episode_id
    and sooner.instrument_id = first_scale.instrument_id
    and sooner.instrument_version = first_scale.instrument_version
    and sooner.rater = first_scale.rater
    and sooner.landmark_day = $first_day
    and sooner.n_ratings >= first_scale.early_min_ratings
join
    mart_landmarks as until
    on until.episode_id = matched.episode_id
    and until.instrument_id = second_scale.instrument_id
    and until.instrument_version = second_scale.instrument_version
    and until.rater = second_scale.rater
    and until.landmark_day = $second_day
left join
    mart_landmarks as before
    on before.episode_id = matched.episode_id
    and before.instrument_id = second_scale.instrument_id
    and before.instrument_version = second_scale.instrument_version
    and before.rater = second_scale.rater
    and before.landmark_day = $first_day
left join
    lasting_changes as changes
    on changes.episode_id = matched.episode_id
    and changes.construct = $kept
    and changes.follow_up_day = $follow_up_day
where matched.t > $second_day and matched.follow_up >= $horizon and until.n_ratings > coalesce(before.n_ratings, 0)
