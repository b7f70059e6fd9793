-- id: duplicate_key
-- table: every
-- severity: error
-- sentence: An earlier row of the file has the same identifier.
-- remedy: Keep one of the rows; the first one was stored.
select table_name, row_no, column_name from cell_problems where rule = 'duplicate_key'
