-- One row per episode, construct and follow-up that was due by the extract, with an intake score: was the gain kept?
with
    scores as (
        select
            episodes.episode_id,
            constructs.construct,
            ratings.day,
            ratings.wave,
            coalesce(ratings.wave = 'exit', false) as is_exit,
            ratings.total,
            discharges.exit_day
        from dated_ratings as ratings
        join numbered_episodes as episodes on episodes.episode_no = ratings.episode_no
        join joined_discharges as discharges on discharges.episode_id = episodes.episode_id
        join rated_kinds on rated_kinds.kind_no = ratings.kind_no
        join
            constructs
            on constructs.instrument_id = rated_kinds.instrument_id
            and constructs.instrument_version = rated_kinds.instrument_version
            and constructs.rater = rated_kinds.rater
        where list_contains($constructs, constructs.construct)
    ),
    compared as (
        select
            follow_ups.episode_id,
            scores.construct,
            follow_ups.follow_up_day,
            arg_min(scores.total, row(scores.day, scores.total)) filter (
                where scores.wave = 'intake' and scores.day <= scores.exit_day
            ) as intake_score,
            arg_max(scores.total, row(scores.day, scores.is_exit, scores.total)) filter (
                where scores.day <= scores.exit_day
            ) as exit_score,
            arg_max(scores.total, row(scores.day, scores.is_exit, scores.total)) filter (
                where scores.day < scores.exit_day + follow_ups.follow_up_day - $window_before
            ) as last_score,
            arg_min(
                scores.total,
                row(abs(scores.day - scores.exit_day - follow_ups.follow_up_day), scores.day, scores.total)
            ) filter (
                where
                    coalesce(scores.wave, 'followup') = 'followup'
                    and scores.day
                    between scores.exit_day
                    + follow_ups.follow_up_day
                    - $window_before and scores.exit_day
                    + follow_ups.follow_up_day
                    + $window_after
            ) as follow_up_score
        from follow_ups
        join scores on scores.episode_id = follow_ups.episode_id
        group by follow_ups.episode_id, scores.construct, follow_ups.follow_up_day
    )
select
    compared.*,
    scales.direction * (compared.follow_up_score - compared.intake_score) >= scales.reliable_change - 1e-9
    and scales.direction * (compared.follow_up_score - compared.exit_score)
    >= - scales.allowed_loss - 1e-9 as is_lasting,
    scales.direction * (compared.last_score - compared.intake_score) >= scales.reliable_change - 1e-9
    and scales.direction * (compared.last_score - compared.exit_score) >= - scales.allowed_loss - 1e-9 as was_lasting
from compared
join change_scales as scales on scales.construct = compared.construct
where compared.intake_score is not null
order by compared.episode_id, compared.construct, compared.follow_up_day
