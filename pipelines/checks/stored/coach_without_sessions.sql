-- id: coach_without_sessions
-- table: coaches
-- severity: info
-- limit: 0.5
-- sentence: A coach has no session.
-- remedy: Check whether sessions are missing from the export, or leave the coach out.
select
    count(case when coach_id not in (select coach_id from sessions where coach_id is not null) then 1 end) as row_count,
    count(*) as of_rows
from coaches
