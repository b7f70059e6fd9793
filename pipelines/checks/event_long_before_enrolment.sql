-- id: event_long_before_enrolment
-- table: engagement_events
-- severity: error
-- sentence: A contact is dated more than a year before the person's enrolment.
-- remedy: Correct the date of the contact or of the enrolment.
select 'engagement_events' as table_name, row_no, 'date' as column_name from typed_engagement_events where day < -365
