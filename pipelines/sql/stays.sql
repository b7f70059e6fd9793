-- One row per episode whose staying can be followed: a number for it and for the person, how and when it ended, where;
-- the coach and site of the person's first one, which hold the person's episodes together.
select
    row_number() over (order by episode_id) as stay,
    dense_rank() over (order by participant_id) as person,
    t,
    cause,
    site,
    cast(first_value(coach_id) over of_person as varchar) as coach,
    first_value(site) over of_person as first_site
from matched
where ending >= 0
window of_person as (partition by participant_id order by is_first desc, episode_id)
order by stay
