-- one row per contact, an injection counted on its own day only
select who, occurred_day as day, status
from view_visits
where status = 'attended'
union all
select who, day, kind
from view_events
where kind = 'dose'
