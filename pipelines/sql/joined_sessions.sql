-- One row per session, with the episode it counts for and its days from that episode's day 0.
create or replace temp view joined_sessions as
select
    given.* replace (
        coalesce(resumed.part_of, given.episode_id) as episode_id,
        given.scheduled_day + coalesce(resumed.shift, 0) as scheduled_day,
        given.occurred_day + coalesce(resumed.shift, 0) as occurred_day
    )
from sessions as given
left join resumed_episodes as resumed on resumed.episode_id = given.episode_id
