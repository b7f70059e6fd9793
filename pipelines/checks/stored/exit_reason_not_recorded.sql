-- id: exit_reason_not_recorded
-- table: discharges
-- severity: info
-- limit: 0.2
-- sentence: The reason for the exit is recorded as unknown or as “other”.
-- remedy: Ask for the reason when a person leaves; these people count as having left early.
select count(case when exit_type in ('unknown', 'other') then 1 end) as row_count, count(*) as of_rows from discharges
