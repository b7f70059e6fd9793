-- id: duplicate_key
-- table: every
-- severity: error
-- sentence: An earlier row of the file has the same identifier.
-- remedy: The first row was stored: keep one, or, where two people or sites share a number, put the site before it.
select table_name, row_no, column_name from cell_problems where rule = 'duplicate_key'
