-- id: session_after_extract
-- table: sessions
-- severity: error
-- sentence: A session was held after the records were extracted.
-- remedy: Correct the date of the session or of the extract.
select 'sessions' as table_name, row_no, 'occurred_date' as column_name
from typed_sessions
where occurred_day > episode_extract_day
