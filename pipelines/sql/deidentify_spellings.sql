-- One row per other spelling of the identifier of a row that is there.
insert into other_spellings
select distinct $parent, spelled.value, spelled.code
from
    (
        select
            unresolved_ids.value,
            code_of(
                $first_key, cast($second_key as blob), coalesce(ascii_normal_form(unresolved_ids.value), folded_ids.normal)
            ) as code
        from unresolved_ids
        left join folded_ids on folded_ids.value = unresolved_ids.value
    ) as spelled
where spelled.code in (select code from query_table($key_table))
returning 1
;
