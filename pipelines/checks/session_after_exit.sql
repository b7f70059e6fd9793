-- id: session_after_exit
-- table: sessions
-- severity: warn
-- sentence: A session was held after the recorded exit.
-- remedy: Check the date of the exit, or start a new enrolment.
select 'sessions' as table_name, row_no, 'occurred_date' as column_name
from typed_sessions
where status = 'attended' and occurred_day > episode_exit_day and not episode_died
