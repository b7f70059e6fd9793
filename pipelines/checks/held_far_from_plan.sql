-- id: held_far_from_plan
-- table: sessions
-- severity: warn
-- sentence: A session was held more than 60 days before or after the day it was planned for.
-- remedy: Check both dates; a session that was moved gets a new planned day.
select 'sessions' as table_name, row_no, 'scheduled_date' as column_name
from typed_sessions
where status = 'attended' and abs(occurred_day - scheduled_day) > 60
