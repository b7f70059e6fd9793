-- id: session_without_coach
-- table: sessions
-- severity: info
-- limit: 0.2
-- sentence: An attended session names no coach.
-- remedy: Export the coach with each session; figures by coach need it.
select count(case when coach_id is null then 1 end) as row_count, count(*) as of_rows
from sessions
where status = 'attended'
