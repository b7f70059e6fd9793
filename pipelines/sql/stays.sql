-- One row per episode of `followed` that is looked at: numbers for it and the person, how and when it ended, where;
-- the coach and site of the person's first one, which hold the person's episodes together.
select stay, person, t, cause, site, coach, first_site, one_in
from
    (
        select
            stay,
            is_looked_at,
            person_number as person,
            t,
            cause,
            list_position($site_names, site) as site,
            first_value(coach_number) over of_person as coach,
            first_value(list_position($site_names, site)) over of_person as first_site,
            one_in
        from followed
        window of_person as (partition by person_number order by is_first desc, episode_number)
    ) as with_first
where is_looked_at
order by stay
