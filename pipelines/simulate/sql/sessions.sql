-- One row per possible session, kept or missed, in incoming columns.
select
    lettered('S-', session, 1) as session_id,
    lettered('E-', episode, 5) as episode_id,
    lettered('C-', coach, 3) as coach_id,
    date '1970-01-01' + scheduled_date::integer as scheduled_date,
    date '1970-01-01' + nullif(occurred_date, -1)::integer as occurred_date,
    status,
    mode,
    nullif(minutes, -1) as minutes,
    kind
from compact_sessions
