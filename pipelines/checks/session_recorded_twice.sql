-- id: session_recorded_twice
-- table: sessions
-- severity: warn
-- sentence: The person has two attended sessions of one kind with one coach on one day.
-- remedy: Check whether one session was entered twice, and keep one of the rows.
with
    held as (
        select row_no, hash(episode_id, coach_id, occurred_day, kind) as alike
        from typed_sessions
        anti join (select row_no from quarantined where table_name = 'sessions') using (row_no)
        where status = 'attended' and occurred_day is not null and kind is distinct from 'group'
    )
select 'sessions' as table_name, row_no, 'occurred_date' as column_name
from held
semi join (select alike from held group by alike having count(*) > 1) using (alike)
qualify row_number() over (partition by alike order by row_no) > 1
