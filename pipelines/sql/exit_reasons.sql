-- One row per recorded reason: people who left the program up to the horizon, for whatever reason.
select
    case
        when cause >= 2
        then exit_type
        when exit_type in ('unknown', 'other')
        then 'not_recorded'
        else coalesce(exit_type, 'not_recorded')
    end as reason,
    count(*) as people
from matched
where cause > 0 and t > $origin and t - $origin <= $horizon
group by reason
