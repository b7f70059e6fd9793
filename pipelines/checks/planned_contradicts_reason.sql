-- id: planned_contradicts_reason
-- table: discharges
-- severity: warn
-- sentence: An exit is planned although the person left early, or a completion is not planned.
-- remedy: Correct the reason or the flag; the reason is what counts.
select 'discharges' as table_name, row_no, 'planned' as column_name
from typed_discharges
where (exit_type = 'completed' and not planned) or (exit_type = 'dropped_out' and planned)
