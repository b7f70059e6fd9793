-- id: minutes_rounded
-- table: sessions
-- severity: info
-- limit: 0.9
-- sentence: The length of attended sessions is a whole number of half hours.
-- remedy: Enter how long a session lasted, not how long it was planned.
select count(case when minutes % 30 = 0 then 1 end) as row_count, count(*) as of_rows
from sessions
where status = 'attended' and minutes > 0
