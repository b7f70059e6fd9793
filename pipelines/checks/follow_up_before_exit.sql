-- id: follow_up_before_exit
-- table: assessments
-- severity: warn
-- sentence: A follow-up was answered before the person's exit.
-- remedy: Record it as answered during the program, or correct the date of the exit.
select 'assessments' as table_name, row_no, 'wave' as column_name
from typed_assessments
where
    wave = 'followup'
    and status in ('complete', 'partial')
    and day < episode_exit_day
    and episode_exit_day <= episode_extract_day
