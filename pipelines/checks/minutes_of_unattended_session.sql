-- id: minutes_of_unattended_session
-- table: sessions
-- severity: warn
-- sentence: A session that nobody came to has a length.
-- remedy: Correct the attendance, or leave the length empty.
select 'sessions' as table_name, row_no, 'minutes' as column_name
from typed_sessions
where minutes > 0 and status in ('no_show', 'late_cancel', 'cancelled_client', 'cancelled_staff')
