-- One row per row that names, in one column, a row that was kept out.
insert into orphaned_rows
select $table, named.row_no, $heading, $is_required
from
    (
        select row_no, columns(lambda named: named = $column) as code
        from query_table($typed)
    ) as named
where named.code in (select code from lost_codes where table_name = $parent)
