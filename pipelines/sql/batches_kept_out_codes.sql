-- One row per row that was kept out: the keyed code made of its key, by which it is recognised when it comes again.
create temp table if not exists kept_out_codes (table_name varchar, row_no bigint, row_code uuid)
