-- one row per person and trial
select
    row_no,
    who,
    site,
    0 as first_contact_day,
    'Trial ' || trial as program,
    -- only trial 51 has one planned length: 24 weeks
    case when trial = '51' then 168 end as planned_length_days
from view_people
