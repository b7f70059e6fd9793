-- id: assessment_after_death
-- table: assessments
-- severity: warn
-- sentence: A questionnaire was answered by the person after the recorded death.
-- remedy: Check the reason and the date of the exit.
select 'assessments' as table_name, row_no, 'date' as column_name
from typed_assessments
where rater = 'participant' and status in ('complete', 'partial') and day > episode_exit_day and episode_died
