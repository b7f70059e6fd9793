-- id: exit_after_extract
-- table: discharges
-- severity: error
-- sentence: An exit is dated after the records were extracted.
-- remedy: Correct the date of the exit or of the extract.
select 'discharges' as table_name, row_no, 'exit_date' as column_name
from typed_discharges
where exit_day > episode_extract_day
