-- id: rating_of_unattended_session
-- table: assessments
-- severity: warn
-- sentence: A questionnaire belongs to a session that was not attended.
-- remedy: Correct the attendance of the session, or the session the questionnaire names.
select 'assessments' as table_name, rated.row_no, 'session_id' as column_name
from typed_assessments as rated
join
    (
        select session_id
        from typed_sessions
        anti join (select row_no from quarantined where table_name = 'sessions') using (row_no)
        where status in ('no_show', 'late_cancel', 'cancelled_client', 'cancelled_staff')
    ) as missed
    on missed.session_id = rated.session_id
where rated.status in ('complete', 'partial')
