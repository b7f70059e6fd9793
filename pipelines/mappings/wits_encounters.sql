-- one row per encounter: its start is the day it was held only where somebody came
select *, case when trim(attendance) = 'Attended' then startdate end as held_on from source_encounter
