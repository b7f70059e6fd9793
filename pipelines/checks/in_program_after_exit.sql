-- id: in_program_after_exit
-- table: assessments
-- severity: warn
-- sentence: A questionnaire of the time in the program was answered after the recorded exit.
-- remedy: Enter its occasion as exit or followup, or correct the date of the exit.
select 'assessments' as table_name, row_no, 'wave' as column_name
from typed_assessments
where
    wave in ('intake', 'in_program')
    and status in ('complete', 'partial')
    and day > episode_exit_day
    and not (episode_died and rater = 'participant')
