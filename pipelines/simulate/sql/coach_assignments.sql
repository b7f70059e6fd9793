-- One row per period in which a coach was assigned to an episode, in incoming columns.
select
    lettered('E-', episode, 5) as episode_id,
    lettered('C-', coach, 3) as coach_id,
    date '1970-01-01' + start_date::integer as start_date,
    date '1970-01-01' + nullif(end_date, -1)::integer as end_date,
    is_primary
from compact_coach_assignments
