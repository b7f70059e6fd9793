-- One row per coach of a simulated program, in incoming columns.
select
    format('C-{:03d}', coach) as coach_id,
    format('SITE-{:02d}', site) as site_id,
    role,
    certified,
    lived_experience,
    fte,
    date '1970-01-01' + start_date::integer as start_date
from compact_coaches
