-- id: date_of_unattended_session
-- table: sessions
-- severity: warn
-- sentence: A session that nobody came to has a day on which it was held.
-- remedy: Correct the attendance, or enter the day as planned.
select 'sessions' as table_name, row_no, 'occurred_date' as column_name
from typed_sessions
where occurred_day is not null and status in ('no_show', 'late_cancel', 'cancelled_client', 'cancelled_staff')
