-- id: assessment_before_enrolment
-- table: assessments
-- severity: error
-- sentence: A questionnaire is dated before the person's enrolment.
-- remedy: Correct the date of the questionnaire or of the enrolment.
select 'assessments' as table_name, row_no, 'date' as column_name from typed_assessments where day < 0
