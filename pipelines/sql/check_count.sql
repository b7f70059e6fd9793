-- One row per rule and table it looks at, with the rows that break it.
insert into quality_found
with
    looked_at as (
        select unnest($rules) as rule, unnest($severities) as severity, unnest($tables) as table_name
    ),
    broken as (
        select distinct rule, table_name, row_no
        from quarantined
        union all
        select rule, table_name, row_no
        from warned_rows
    )
select looked_at.rule, looked_at.table_name, looked_at.severity, count(broken.row_no)
from looked_at
left join broken on broken.rule = looked_at.rule and broken.table_name = looked_at.table_name
group by looked_at.rule, looked_at.table_name, looked_at.severity
