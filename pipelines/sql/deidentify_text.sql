-- One row per distinct value of a text column that has still to be searched, per detector, and per match.
create or replace temp table text_values (
    table_name varchar,
    column_name varchar,
    -- id, place, label (stored as text) or code (an unrecognised entry, of which nothing is stored)
    kind varchar,
    value varchar,
    plain varchar,
    row_count bigint
);
create or replace temp table detectors (
    position integer,
    rule varchar,
    is_high_precision boolean,
    pattern varchar,
    in_ids boolean,
    in_places boolean,
    in_codes boolean
);
create or replace temp table text_found (
    table_name varchar,
    column_name varchar,
    value varchar,
    position integer,
    rule varchar,
    is_high_precision boolean,
    row_count bigint
)
