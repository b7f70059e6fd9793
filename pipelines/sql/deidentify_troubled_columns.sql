-- One row per column of one table with a cell that is not in order.
select distinct column_name from cell_problems where table_name = $table
