-- id: exit_before_enrolment
-- table: discharges
-- severity: error
-- sentence: An exit is dated before the person's enrolment.
-- remedy: Correct the date of the exit or of the enrolment.
select 'discharges' as table_name, row_no, 'exit_date' as column_name from typed_discharges where exit_day < 0
