-- One row per unresolved identifier that could be an e-mail address or a social security number.
insert into text_values
select $table, $column, 'id', value, value, row_count
from unresolved_ids
where may_be_identifier(value)
;
