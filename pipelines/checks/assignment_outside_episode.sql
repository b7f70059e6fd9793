-- id: assignment_outside_episode
-- table: coach_assignments
-- severity: warn
-- sentence: A coach was assigned before the person enrolled or after the exit.
-- remedy: Correct the dates of the assignment or of the enrolment.
select 'coach_assignments' as table_name, row_no, 'start_date' as column_name
from typed_coach_assignments
where start_day < 0 or start_day > least(episode_exit_day, episode_extract_day)
