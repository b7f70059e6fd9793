-- dataset: one row per fact about the records as a whole; no date
create or replace table dataset (key varchar, value varchar)
;

-- quality_checks: one row per rule and table it looks at, with the rows concerned and their share of the rows read
create or replace table quality_checks (
    rule varchar,
    table_name varchar,
    severity varchar,
    rows bigint,
    share double,
    sentence varchar,
    remedy varchar
)
