-- One row per identifier of one column that could be an e-mail address or a social security number.
insert into text_values
select $table, $column, 'id', value, value, count(*)
from (select columns(lambda named: named = $column) as value from query_table($raw))
where may_be_identifier(value)
group by value
;
