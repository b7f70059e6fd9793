-- id: event_after_death
-- table: engagement_events
-- severity: warn
-- sentence: A contact with the person is dated after the recorded death.
-- remedy: Check the reason and the date of the exit.
select 'engagement_events' as table_name, row_no, 'date' as column_name
from typed_engagement_events
where day > episode_exit_day and episode_died and initiated_by is distinct from 'system'
