-- id: two_primary_coaches
-- table: coach_assignments
-- severity: warn
-- sentence: Two coaches are the person's primary coach on the same day.
-- remedy: End the earlier assignment on the day before the later one starts.
with
    stored as (
        select row_no, episode_id, coach_id, start_day, end_day
        from typed_coach_assignments
        anti join (select row_no from quarantined where table_name = 'coach_assignments') using (row_no)
        where is_primary
    )
select distinct 'coach_assignments' as table_name, later.row_no, 'is_primary' as column_name
from stored as later
join
    stored as earlier
    on earlier.episode_id = later.episode_id
    and earlier.coach_id <> later.coach_id
    and (earlier.start_day, earlier.row_no) < (later.start_day, later.row_no)
    and coalesce(earlier.end_day, later.start_day) >= later.start_day
