-- One row per row of one table with a cell that is not in order.
create or replace temp table troubled_rows as
select row_no, problems
from query_table($typed)
where problems <> 0
;
