-- One row per contact or event outside sessions, with the episode it counts for and its day from that episode's day 0.
create or replace temp view joined_events as
select
    given.* replace (
        coalesce(resumed.part_of, given.episode_id) as episode_id, given.day + coalesce(resumed.shift, 0) as day
    )
from engagement_events as given
left join resumed_episodes as resumed on resumed.episode_id = given.episode_id
