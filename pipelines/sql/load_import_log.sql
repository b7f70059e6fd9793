-- One row: one table of the load.
insert into import_log by name
select
    ? as batch_id,
    ? as table_name,
    ? as file_sha256,
    ? as preset,
    ? as rows_in,
    ? as rows_ok,
    ? as rows_quarantined,
    ? as dropped_columns
