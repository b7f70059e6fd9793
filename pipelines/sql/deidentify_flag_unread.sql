-- One row per unread entry of one column in which a low-precision detector found something, under the first of them.
insert into cell_problems
select $table, unread.row_no, min_by(text_found.rule, text_found.position), $column
from
    (
        select row_no, columns(lambda named: named = $column) as value
        from query_table($raw)
    ) as unread
join query_table($typed) as typed on typed.row_no = unread.row_no
join text_found on text_found.value = unread.value
where
    text_found.table_name = $table
    and text_found.column_name = $column
    and not text_found.is_high_precision
    and (typed.problems >> $shift) & 15 <> 0
group by unread.row_no
