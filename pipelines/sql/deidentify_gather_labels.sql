-- One row per distinct text of one label column.
insert into label_texts
select $table, $column, value, nullif(trimmed(value), ''), 0, count(*)
from (select columns(lambda named: named = $column) as value from query_table($raw))
where not is_blank(value)
group by value
