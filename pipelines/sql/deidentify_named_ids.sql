-- One row per identifier by which one column names rows of a table that has no file.
insert into named_ids
select distinct value
from (select columns(lambda named: named = $column) as value from query_table($raw))
where not is_blank(value)
;
