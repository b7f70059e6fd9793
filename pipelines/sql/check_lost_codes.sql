-- One row per code of a row that was kept out and has no other row.
insert into lost_codes
with
    typed as (
        select row_no, columns(lambda named: named = $code) as code
        from query_table($typed)
    ),
    kept_out as (
        select row_no
        from quarantined
        where table_name = $table
    ),
    gone as (
        select code
        from typed
        where row_no in (select row_no from kept_out) and code is not null
    )
select distinct $table, code
from gone
where
    code not in (
        select typed.code
        from typed
        where typed.code in (select gone.code from gone) and typed.row_no not in (select row_no from kept_out)
    )
returning 1
