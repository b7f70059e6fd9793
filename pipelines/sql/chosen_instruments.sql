-- One row per construct that was rated: the instrument that stands for it.
select construct, instrument_id, name, scale_min, scale_max, band_low, band_high, verified
from constructs
order by construct
