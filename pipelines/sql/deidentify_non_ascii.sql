-- One row per distinct identifier of one column that is not ASCII and not yet folded.
select distinct value
from (select columns(lambda named:named = $column) as value from query_table($relation))
where length(value) <> strlen(value) and value not in (select folded_ids.value from folded_ids)
;
