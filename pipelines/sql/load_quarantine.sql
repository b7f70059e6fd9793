-- One row per rule that kept a row out, with the file and its row; never a value.
insert into quarantine by name
select distinct
    $batch as batch_id,
    quarantined.table_name,
    coalesce(row_lines.file, files.file) as file_name,
    coalesce(row_lines.line, quarantined.row_no) as row_no,
    quarantined.rule,
    quarantined.column_name
from quarantined
left join (select unnest($tables) as table_name, unnest($files) as file) as files using (table_name)
left join
    row_lines on row_lines.table_name = quarantined.table_name and row_lines.row_no = quarantined.row_no
order by all
