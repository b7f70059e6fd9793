-- One row per coach of a simulated program, in incoming columns.
select
    lettered('C-', coach, 3) as coach_id,
    lettered('SITE-', site, 2) as site_id,
    role,
    certified,
    lived_experience,
    fte,
    date '1970-01-01' + start_date::integer as start_date
from compact_coaches
