-- One row per construct that was rated: the instrument, version and rater with most rated people stand for it.
with
    rated as (
        select
            rated_kinds.instrument_id,
            rated_kinds.instrument_version,
            rated_kinds.rater,
            count(distinct episodes.participant_id) as people
        from (select distinct kind_no, episode_no from dated_ratings) as ratings
        join rated_kinds on rated_kinds.kind_no = ratings.kind_no
        join numbered_episodes as episodes on episodes.episode_no = ratings.episode_no
        group by 1, 2, 3
    ),
    ranked as (
        select
            registry.*,
            rated.instrument_version,
            rated.rater,
            row_number() over (
                partition by registry.construct
                order by registry.is_chosen desc, rated.people desc, registry.instrument_id, rated.instrument_version
            ) as place
        from rated
        join staged_registry as registry on registry.instrument_id = rated.instrument_id
        where rated.rater = 'participant' or registry.construct = $severity
    )
select
    construct,
    instrument_id,
    instrument_version,
    rater,
    name,
    scale_min,
    scale_max,
    band_low,
    band_high,
    early_min_ratings,
    verified
from ranked
where place = 1
order by construct
