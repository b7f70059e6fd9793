-- One row per possible session, kept or missed, in incoming columns.
select
    format('S-{:06d}', session) as session_id,
    format('E-{:05d}', episode) as episode_id,
    format('C-{:03d}', coach) as coach_id,
    date '1970-01-01' + scheduled_date::integer as scheduled_date,
    date '1970-01-01' + nullif(occurred_date, -1)::integer as occurred_date,
    status,
    mode,
    nullif(minutes, -1) as minutes,
    kind
from compact_sessions
