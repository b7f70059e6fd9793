-- One row per episode; one that was resumed ends with the last of its parts.
create or replace temp view joined_episodes as
with
    parts as (
        select part_of, shift, episodes.first_attended_day, episodes.last_contact_day, episodes.status
        from resumed_episodes
        join episodes on episodes.episode_id = resumed_episodes.episode_id
    ),
    later as (
        select
            part_of,
            min(first_attended_day + shift) as first_attended_day,
            max(last_contact_day + shift) as last_contact_day,
            arg_max(status, shift) as status
        from parts
        group by part_of
    )
select
    given.* replace (
        coalesce(given.first_attended_day, later.first_attended_day) as first_attended_day,
        greatest(given.last_contact_day, later.last_contact_day) as last_contact_day,
        coalesce(later.status, given.status) as status
    )
from episodes as given
left join later on later.part_of = given.episode_id
where given.episode_id not in (select episode_id from resumed_episodes)
