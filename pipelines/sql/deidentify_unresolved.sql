-- One row per distinct identifier of one column by which no row of the parent is known, as it is spelled.
create or replace temp table unresolved_ids as
select unread.value, count(*) as row_count
from
    (
        select row_no, columns(lambda named: named = $column) as value
        from query_table($raw)
    ) as unread
join query_table($typed) as typed on typed.row_no = unread.row_no
where (typed.problems >> $shift) & 15 = $problem
group by unread.value
;
