-- One row per episode with an attended session or a two-way contact before enrolment: days from enrolment to day 0.
create or replace temp table earlier_starts as
with
    contacts as (
        select episode_id, occurred_day as day
        from kept_sessions
        where status = 'attended' and occurred_day < 0
        union all
        select episode_id, day
        from kept_engagement_events
        where day < 0 and list_contains($contact_types, type)
    )
select episode_id, min(day) as shift
from contacts
group by episode_id
