-- One row per instrument, subscale and item of the subscale, with the subscale's own rule.
create or replace temp table instrument_subscale_keys as
select
    cast(instrument_id as varchar) as instrument_id,
    cast(subscale as varchar) as subscale,
    cast(item_no as integer) as item_no,
    cast(n_items as integer) as n_items,
    cast(max_missing as integer) as max_missing,
    cast(multiplier as double) as multiplier
from given_instrument_subscale_keys
