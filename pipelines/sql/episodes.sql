-- One row per episode of coaching of one person: its stored columns and what its contacts say.
with
    attended as (
        select
            episode_id,
            min(coalesce(occurred_day, scheduled_day)) as first_day,
            max(coalesce(occurred_day, scheduled_day)) as last_day
        from sessions
        where status = 'attended'
        group by episode_id
    ),
    reached as (
        select episode_id, max(day) as last_day
        from engagement_events
        where list_contains($contact_types, type)
        group by episode_id
    )
select
    given.* replace (
        attended.first_day as first_attended_day,
        coalesce(greatest(attended.last_day, reached.last_day), given.enrolled_day) as last_contact_day,
        case when discharges.episode_id is null then 'active' else 'closed' end as status
    )
from staged_episodes as given
left join attended on attended.episode_id = given.episode_id
left join reached on reached.episode_id = given.episode_id
left join discharges on discharges.episode_id = given.episode_id
order by given.episode_id
