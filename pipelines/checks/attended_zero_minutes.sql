-- id: attended_zero_minutes
-- table: sessions
-- severity: warn
-- sentence: An attended session lasted 0 minutes.
-- remedy: Enter how long it lasted, or leave the length empty if it is not known.
select 'sessions' as table_name, row_no, 'minutes' as column_name
from typed_sessions
where status = 'attended' and minutes = 0
