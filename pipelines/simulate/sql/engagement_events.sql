-- One row per contact or event outside sessions, in incoming columns.
select
    lettered('V-', event, 1) as event_id,
    lettered('E-', episode, 5) as episode_id,
    date '1970-01-01' + date::integer as date,
    type,
    initiated_by,
    nullif(minutes, -1) as minutes,
    case when linked > 0 then lettered('P-', linked, 5) end as linked_participant_id
from compact_engagement_events
