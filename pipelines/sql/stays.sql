-- One row per episode whose staying can be followed, of so many that one in several is looked at: a number for it and
-- for the person, how and when it ended, where; the coach and site of the person's first one, which hold the person's
-- episodes together.
select divide(number, one_in) as stay, person_number as person, t, cause, site, coach, first_site, one_in
from
    (
        select
            row_number() over (order by episode_number) as number,
            divide(count(*) over () + $most_stays - 1, $most_stays) as one_in,
            person_number,
            t,
            cause,
            list_position($site_names, site) as site,
            first_value(coach_number) over of_person as coach,
            first_value(list_position($site_names, site)) over of_person as first_site
        from matched
        where ending >= 0
        window of_person as (partition by person_number order by is_first desc, episode_number)
    ) as numbered
where number % one_in = 0
order by stay
