-- One row per episode of `followed` that is looked at: numbers for it and the person, how and when it ended, where;
-- the coach; each episode is another person's.
select
    stay,
    person_number as person,
    t,
    cause,
    list_position($site_names, followed.site) as site,
    coach_number as coach,
    list_position($site_names, followed.site) as first_site,
    one_in
from followed
where is_looked_at
order by stay
