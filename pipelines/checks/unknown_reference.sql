-- id: unknown_reference
-- table: every
-- severity: error
-- sentence: The row belongs to a row that is not in the files.
-- remedy: Export both tables on the same day, or correct the identifier.
select table_name, row_no, column_name from cell_problems where rule = 'unknown_reference'
