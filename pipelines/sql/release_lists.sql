-- One row per cohort and one per site of the first episodes: what the declaration leaves open.
select distinct 'cohort' as dimension, cohort as category
from mart_episodes
where is_first
union
select distinct 'site' as dimension, site as category
from mart_episodes
where is_first
order by dimension, category
