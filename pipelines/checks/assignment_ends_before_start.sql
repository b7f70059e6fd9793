-- id: assignment_ends_before_start
-- table: coach_assignments
-- severity: error
-- sentence: A coach's assignment ends before it starts.
-- remedy: Correct the dates of the assignment.
select 'coach_assignments' as table_name, row_no, 'end_date' as column_name
from typed_coach_assignments
where end_day < start_day
