-- id: intake_form_late
-- table: assessments
-- severity: warn
-- sentence: An intake questionnaire was answered more than 30 days after enrolment.
-- remedy: Record it as answered during the program, or correct its date.
select 'assessments' as table_name, row_no, 'wave' as column_name
from typed_assessments
where wave = 'intake' and status in ('complete', 'partial') and day > 30
