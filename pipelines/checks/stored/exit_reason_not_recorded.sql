-- id: exit_reason_not_recorded
-- table: discharges
-- severity: info
-- limit: 0.2
-- sentence: The reason for the exit is unknown or another one.
-- remedy: Ask for the reason when an episode is closed; these people count as having left early.
select count(case when exit_type in ('unknown', 'other') then 1 end) as row_count, count(*) as of_rows from discharges
