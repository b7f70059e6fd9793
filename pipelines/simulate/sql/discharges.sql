-- One row per episode with a recorded exit, in incoming columns.
select
    lettered('E-', episode, 5) as episode_id,
    date '1970-01-01' + exit_date::integer as exit_date,
    exit_type,
    planned,
    source_code,
    'recorded' as derived_by
from compact_discharges
