-- One row: the number of rows of one table that were kept out.
select count(*) from query_table($typed) where row_no in (select row_no from quarantined where table_name = $table)
