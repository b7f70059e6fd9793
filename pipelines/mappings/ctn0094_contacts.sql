-- one row per contact, an injection carried forward to the day its cover ends
select who, occurred_day as day, status
from view_visits
where status = 'attended'
union all
select who, day, kind
from view_events
where kind <> 'randomisation'
