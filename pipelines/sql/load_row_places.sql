-- One row per rule, table and file it was broken in: the columns, the first rows and how many there are; never a value.
with
    broken as (
        select distinct table_name, rule, column_name, file_name, row_no
        from quarantine
        where batch_id = $batch and row_no > 0
        union
        select
            problems.table_name,
            problems.rule,
            problems.column_name,
            coalesce(row_lines.file, files.file) as file_name,
            coalesce(row_lines.line, problems.row_no) as row_no
        from cell_problems as problems
        anti join quarantined using (table_name, row_no)
        left join (select unnest($tables) as table_name, unnest($files) as file) as files using (table_name)
        left join row_lines on row_lines.table_name = problems.table_name and row_lines.row_no = problems.row_no
        where list_contains($warnings, problems.rule) and problems.row_no > 0
    )
select
    table_name,
    rule,
    file_name,
    list_sort(list(distinct column_name) filter (where column_name <> '')) as column_names,
    list_sort(list(distinct row_no))[:5] as first_rows,
    count(distinct row_no) as row_count
from broken
group by table_name, rule, file_name
order by table_name, rule, file_name
