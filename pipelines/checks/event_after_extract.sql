-- id: event_after_extract
-- table: engagement_events
-- severity: error
-- sentence: A contact is dated after the records were extracted.
-- remedy: Correct the date of the contact or of the extract.
select 'engagement_events' as table_name, row_no, 'date' as column_name
from typed_engagement_events
where day > episode_extract_day
