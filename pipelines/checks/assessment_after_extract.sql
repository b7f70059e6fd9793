-- id: assessment_after_extract
-- table: assessments
-- severity: error
-- sentence: A questionnaire was answered after the records were extracted.
-- remedy: Correct the date of the questionnaire or of the extract.
select 'assessments' as table_name, row_no, 'date' as column_name
from typed_assessments
where day > episode_extract_day and status in ('complete', 'partial')
