-- One row per episode with at least one event of helping others.
select episode_id, count(*) as n_events, min(day) as first_day
from joined_events as engagement_events
where list_contains($types, type)
group by episode_id
order by episode_id
