-- id: unknown_link
-- table: every
-- severity: warn
-- sentence: The coach or session that a row names is not in the files; the row was stored without it.
-- remedy: Add the missing coach or session to its file.
select table_name, row_no, column_name from cell_problems where rule = 'unknown_link'
