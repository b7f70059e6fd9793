-- id: attended_without_date
-- table: sessions
-- severity: error
-- sentence: A session counts as attended and has no date on which it was held.
-- remedy: Fill the date, or correct the attendance.
select 'sessions' as table_name, row_no, 'occurred_date' as column_name
from typed_sessions
anti join
    (select row_no from cell_problems where table_name = 'sessions' and column_name = 'occurred_date') using (row_no)
-- where the episode itself has no day to count from, the row is kept out with it
where status = 'attended' and occurred_day is null and episode_extract_day is not null
