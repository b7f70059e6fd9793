-- One row per instrument of the registry: its range, its scale and its rule for missing answers.
create or replace temp table instrument_keys as
select
    cast(instrument_id as varchar) as instrument_id,
    cast(name as varchar) as name,
    cast(construct as varchar) as construct,
    cast(version as varchar) as version,
    cast(raters as varchar[]) as raters,
    cast(n_items as integer) as n_items,
    cast(item_min as double) as item_min,
    cast(item_max as double) as item_max,
    cast(scale_min as double) as scale_min,
    cast(scale_max as double) as scale_max,
    cast(multiplier as double) as multiplier,
    cast(max_missing as integer) as max_missing,
    cast(n_subscales_needed as integer) as n_subscales_needed,
    cast(reported_tolerance as double) as reported_tolerance,
    cast(higher_is_better as boolean) as higher_is_better,
    cast(band_low as double) as band_low,
    cast(band_high as double) as band_high,
    cast(early_min_ratings as integer) as early_min_ratings,
    cast(verified as boolean) as verified
from given_instrument_keys
