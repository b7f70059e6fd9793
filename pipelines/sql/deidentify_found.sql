-- One row per column and high-precision detector, the first of those that match a text, with the rows concerned.
with
    named as (
        select table_name, column_name, value, min_by(rule, position) as rule, any_value(row_count) as row_count
        from text_found
        where is_high_precision
        group by table_name, column_name, value
    )
select table_name, column_name, rule, cast(sum(row_count) as bigint) as row_count
from named
group by table_name, column_name, rule
order by table_name, row_count desc, column_name, rule
