-- One row per identifier that is not ASCII, with its normal form.
insert into folded_ids
select value, normal
from (select unnest($values) as value, unnest($normal) as normal)
where value not in (select folded_ids.value from folded_ids)
;
