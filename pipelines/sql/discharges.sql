-- One row per episode with a recorded exit: its stored columns and the group its reason belongs to.
with reasons as (select unnest($exit_types) as exit_type, unnest($cause_groups) as cause_group)
select given.* replace (reasons.cause_group as cause_group)
from staged_discharges as given
left join reasons on reasons.exit_type = given.exit_type
order by given.episode_id
