-- id: rating_of_unattended_session
-- table: assessments
-- severity: warn
-- sentence: A questionnaire belongs to a session that was not attended.
-- remedy: Correct the attendance of the session, or the session the questionnaire names.
select 'assessments' as table_name, rated.row_no, 'session_id' as column_name
from typed_assessments as rated
join typed_sessions as session on session.session_id = rated.session_id
where rated.status in ('complete', 'partial') and session.status in ('no_show', 'cancelled_client', 'cancelled_staff')
