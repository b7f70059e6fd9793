-- One row: the rule that keeps out most rows of one table, and its column.
select rule, column_name, count(*) as row_count
from quarantined
where table_name = $table
group by rule, column_name
order by row_count desc, rule, column_name
limit 1
