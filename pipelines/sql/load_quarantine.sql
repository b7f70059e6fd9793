-- One row per rule that kept a row out; never a value.
insert into quarantine by name
select distinct $batch as batch_id, table_name, row_no, rule, column_name
from quarantined
order by table_name, row_no, rule, column_name
