-- One row per rule that keeps a row out; column_name is the heading of the canonical file, empty for the whole row.
create or replace temp table quarantined (
    table_name varchar, row_no bigint, rule varchar, column_name varchar
)
;

-- One row per row that names a row that was kept out; kept out itself if it cannot be without it.
create or replace temp table orphaned_rows (
    table_name varchar, row_no bigint, column_name varchar, is_required boolean
)
;

-- One row per code of a row that was kept out and has no other row.
create or replace temp table lost_codes (table_name varchar, code uuid)
;

-- One row per questionnaire of the registry, with the ranges its answers and scores must keep to.
create or replace temp table registry_ranges (
    instrument_id varchar,
    n_items integer,
    item_min double,
    item_max double,
    scale_min double,
    scale_max double,
    has_reversed_items boolean
)
;

-- One row per rule and table it applies to; share is of the rows read.
create or replace temp table quality_found (rule varchar, table_name varchar, severity varchar, row_count bigint)
;

-- One row per row that was stored although it breaks a rule, and the rule.
create or replace temp table warned_rows (table_name varchar, row_no bigint, rule varchar)
;

-- Rows of a batch that were found to break a rule before, and are not in the typed tables any more.
create temp table if not exists set_aside (table_name varchar, row_no bigint, rule varchar, column_name varchar)
;

insert into quarantined
select table_name, row_no, rule, column_name
from set_aside
