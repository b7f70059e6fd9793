-- One row per main coach: the number, and as many first digits of the code as are shown.
select coach_number, left(cast(coach_id as varchar), $digits) as label
from mart_episodes
where coach_number is not null
group by coach_number, label
order by coach_number
