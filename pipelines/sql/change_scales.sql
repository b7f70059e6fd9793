-- One row per construct whose instrument can tell a change from chance: how large a change and a loss must be.
with
    first_scores as (
        select constructs.construct, arg_min(ratings.total, row(ratings.day, ratings.total)) as score
        from dated_ratings as ratings
        join rated_kinds on rated_kinds.kind_no = ratings.kind_no
        join
            constructs
            on constructs.instrument_id = rated_kinds.instrument_id
            and constructs.instrument_version = rated_kinds.instrument_version
            and constructs.rater = rated_kinds.rater
        where ratings.wave = 'intake'
        group by constructs.construct, ratings.episode_no
    ),
    spread as (
        select
            construct,
            count(*) as baseline_people,
            case when count(*) >= $baseline_people then round(stddev_samp(score), 9) end as baseline_sd
        from first_scores
        group by construct
    ),
    measured as (
        select
            constructs.construct,
            case when registry.higher_is_better then 1 else -1 end as direction,
            coalesce(spread.baseline_people, 0) as baseline_people,
            spread.baseline_sd,
            registry.alpha,
            coalesce(
                round(1.96 * spread.baseline_sd * sqrt(2) * sqrt(1 - registry.alpha), 6), registry.reliable_change
            ) as reliable_change,
            registry.minimal_important_difference as smallest
        from constructs
        join staged_registry as registry on registry.instrument_id = constructs.instrument_id
        left join spread on spread.construct = constructs.construct
    )
select
    construct,
    direction,
    baseline_people,
    baseline_sd,
    alpha,
    reliable_change,
    coalesce(smallest, reliable_change) as allowed_loss,
    case when smallest is null then 'reliable_change' else 'minimal_important_difference' end as allowed_loss_source
from measured
where reliable_change > 0
order by construct
