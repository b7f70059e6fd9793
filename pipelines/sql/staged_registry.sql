-- One row per instrument of the registry, while the marts are built.
create or replace temp table staged_registry (
    construct varchar,
    instrument_id varchar,
    name varchar,
    scale_min double,
    scale_max double,
    band_low double,
    band_high double,
    early_min_ratings integer,
    verified boolean,
    is_chosen boolean,
    higher_is_better boolean,
    alpha double,
    reliable_change double,
    minimal_important_difference double
)
