-- One row: one table of the load.
insert into import_log by name
select
    (select coalesce(max(load_no), 0) from import_log where batch_id <> $batch) + 1 as load_no,
    $batch as batch_id,
    $table as table_name,
    $file_sha256 as file_sha256,
    $preset as preset,
    $rows[1] as rows_in,
    $rows[2] as rows_ok,
    $rows[3] as rows_quarantined,
    $before[1] as rows_carried,
    $before[2] as rows_replaced,
    $before[3] as rows_withdrawn,
    $dropped_columns as dropped_columns
