-- id: extract_before_enrolment
-- table: episodes
-- severity: error
-- sentence: The records were extracted before the person enrolled.
-- remedy: Correct the date of the extract or of the enrolment.
select 'episodes' as table_name, row_no, 'extract_date' as column_name from typed_episodes where extract_day < 0
