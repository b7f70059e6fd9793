-- One row per episode and coach with at least one attended session.
select episode_id, coach_id, count(*) as sessions_attended
from joined_sessions as sessions
where status = 'attended' and coach_id is not null
group by episode_id, coach_id
order by episode_id, coach_id
