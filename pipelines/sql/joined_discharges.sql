-- One row per episode with a recorded exit: of an episode that was resumed, the exit of its last part.
create or replace temp view joined_discharges as
with
    last_parts as (
        select part_of, arg_max(episode_id, shift) as episode_id, max(shift) as shift
        from resumed_episodes
        group by part_of
    )
select
    given.* replace (
        coalesce(last_parts.part_of, given.episode_id) as episode_id,
        given.exit_day + coalesce(last_parts.shift, 0) as exit_day
    )
from discharges as given
left join last_parts on last_parts.episode_id = given.episode_id
where
    last_parts.part_of is not null
    or given.episode_id
    not in (select episode_id from resumed_episodes union all select part_of from resumed_episodes)
