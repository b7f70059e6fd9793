-- One row per episode and day with an event of helping others.
select episode_id, day, count(*) as n_events
from joined_events as engagement_events
where list_contains($types, type)
group by episode_id, day
order by episode_id, day
