-- One row per contact or event outside sessions, in incoming columns.
select
    format('V-{:06d}', event) as event_id,
    format('E-{:05d}', episode) as episode_id,
    date '1970-01-01' + date::integer as date,
    type,
    initiated_by,
    nullif(minutes, -1) as minutes,
    case when linked > 0 then format('P-{:05d}', linked) end as linked_participant_id
from compact_engagement_events
