-- One row per column and high-precision detector that found something, with the rows concerned; never a value.
select table_name, column_name, rule, cast(sum(row_count) as bigint) as row_count
from text_found
where is_high_precision
group by table_name, column_name, rule
order by table_name, row_count desc, column_name, rule
