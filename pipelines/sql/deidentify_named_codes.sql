-- One row per identifier of a table that has no file, with its code and a number.
create or replace temp table named_codes as
select
    named.raw_key,
    code_of($first_key, cast($second_key as blob), coalesce(ascii_normal_form(named.raw_key), folded_ids.normal)) as code,
    row_number() over () as place
from (select distinct raw_key from named_ids) as named
left join folded_ids on folded_ids.value = named.raw_key
;
