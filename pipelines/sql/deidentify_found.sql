-- One row per column and high-precision detector that found something, with the rows concerned; never a value.
select column_name, rule, cast(sum(row_count) as bigint) as row_count
from text_found
where table_name = $table and is_high_precision
group by column_name, rule
order by row_count desc, column_name, rule
