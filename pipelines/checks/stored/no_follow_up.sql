-- id: no_follow_up
-- table: discharges
-- severity: info
-- limit: 0.5
-- sentence: Nobody tried to reach a person after the exit.
-- remedy: Plan a follow-up after each exit: lasting change cannot be seen without it.
select
    count(
        case when episode_id not in (select episode_id from assessments where wave = 'followup') then 1 end
    ) as row_count,
    count(*) as of_rows
from discharges
