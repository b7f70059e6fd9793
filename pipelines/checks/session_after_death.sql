-- id: session_after_death
-- table: sessions
-- severity: warn
-- sentence: A session was held after the recorded death.
-- remedy: Check the reason and the date of the exit.
select 'sessions' as table_name, row_no, 'occurred_date' as column_name
from typed_sessions
where status = 'attended' and occurred_day > episode_exit_day and episode_died
