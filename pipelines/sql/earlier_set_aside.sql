-- One row per rule that keeps out a row of the batch that would replace a stored row: the stored row stays.
create or replace temp table set_aside (table_name varchar, row_no bigint, rule varchar, column_name varchar)
