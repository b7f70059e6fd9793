-- One row if an identifier of one column was gathered to be searched: all others are letters, digits and a few signs.
select 1 from text_values where table_name = $table and column_name = $column limit 1
