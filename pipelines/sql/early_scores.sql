-- One row per pair of levels and early score: people still in the program at the landmark who have it, or have none.
select level_1, level_2, early_score as score, early_band as band, at_ceiling, count(*) as people
from matched
where t > $origin
group by level_1, level_2, early_score, early_band, at_ceiling
order by all
