-- id: race_eth_not_known
-- table: participants
-- severity: info
-- limit: 0.2
-- sentence: The race and ethnicity of a person is not known.
-- remedy: Ask for it at intake; figures by group leave these people in a group of their own.
select count(case when race_eth is null or race_eth = 'unknown' then 1 end) as row_count, count(*) as of_rows
from participants
