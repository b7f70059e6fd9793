-- One row per column of which an entry that could not be read holds what a low-precision detector finds.
select distinct table_name, column_name from text_found where not is_high_precision
