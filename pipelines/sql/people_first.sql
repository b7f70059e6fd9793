-- One row per pair of levels: episodes a curve can follow, and all of them, where each is another person's.
select level_1, level_2, count(*) as enrolled, count(case when t > $origin then 1 end) as followed
from matched
group by level_1, level_2
