-- One row per episode whose staying can be followed, of so many that one in several is looked at: a number for it and
-- for the person, how and when it ended, where, the coach; each episode is another person's.
select divide(number, one_in) as stay, person_number as person, t, cause, site, coach, site as first_site, one_in
from
    (
        select
            row_number() over (order by episode_number) as number,
            divide(count(*) over () + $most_stays - 1, $most_stays) as one_in,
            person_number,
            t,
            cause,
            list_position($site_names, site) as site,
            coach_number as coach
        from matched
        where ending >= 0
    ) as numbered
where number % one_in = 0
order by stay
