-- One row per rule that kept a row out, with the file and its row; never a value.
-- A row that was stored before and contradicts the batch has no place in a file of the batch: it is row 0.
insert into quarantine by name
select distinct
    $batch as batch_id,
    quarantined.table_name,
    case
        when quarantined.row_no < 1 then 'an earlier batch' else coalesce(row_lines.file, files.file)
    end as file_name,
    greatest(coalesce(row_lines.line, quarantined.row_no), 0) as row_no,
    quarantined.rule,
    quarantined.column_name,
    codes.row_code
from quarantined
left join (select unnest($tables) as table_name, unnest($files) as file) as files using (table_name)
left join
    row_lines on row_lines.table_name = quarantined.table_name and row_lines.row_no = quarantined.row_no
left join
    (select table_name, row_no, any_value(row_code) as row_code from kept_out_codes group by all) as codes
    on codes.table_name = quarantined.table_name
    and codes.row_no = quarantined.row_no
order by all
