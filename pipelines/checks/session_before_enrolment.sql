-- id: session_before_enrolment
-- table: sessions
-- severity: error
-- sentence: A session is dated before the person's enrolment.
-- remedy: Correct the date of the session or of the enrolment.
select 'sessions' as table_name, row_no, 'occurred_date' as column_name
from typed_sessions
where coalesce(occurred_day, scheduled_day) < 0
