-- id: session_very_long
-- table: sessions
-- severity: warn
-- sentence: An attended session lasted more than four hours.
-- remedy: Check the length; it is counted in minutes.
select 'sessions' as table_name, row_no, 'minutes' as column_name
from typed_sessions
where status = 'attended' and minutes > 240
