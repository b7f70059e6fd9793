-- One row per distinct identifier of one column by which no row of the parent is known, as it is spelled.
create or replace temp table unresolved_ids as
select unread.value, count(*) as row_count
from
    (
        select row_no, columns(lambda named: named = $column) as value
        from query_table($raw)
    ) as unread
join troubled_rows using (row_no)
where (troubled_rows.problems >> $shift) & 15 = $problem
group by unread.value
;
