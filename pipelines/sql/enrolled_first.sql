-- One row per pair of levels: episodes, and those without an attended session, where each is another person's.
select level_1, level_2, count(*) as people, count(*) - count(first_attended_day) as never_attended
from matched
group by level_1, level_2
