-- One row per instrument and item: a keyed answer is shift + sign x answer, so a reversed item is min + max - answer.
create or replace temp table instrument_item_keys as
select
    cast(instrument_id as varchar) as instrument_id,
    cast(item_no as integer) as item_no,
    cast(sign as double) as sign,
    cast(shift as double) as shift,
    cast(item_min as double) as item_min,
    cast(item_max as double) as item_max
from given_instrument_item_keys
