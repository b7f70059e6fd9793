-- One row per distinct entry of one column that could not be read.
insert into text_values
select $table, $column, 'code', unread.value, unread.value, count(*)
from
    (
        select row_no, columns(lambda named: named = $column) as value
        from query_table($raw)
    ) as unread
join troubled_rows using (row_no)
where (troubled_rows.problems >> $shift) & 15 in ($first_problem, $second_problem) and not is_blank(unread.value)
group by unread.value
;
