-- id: unknown_category
-- table: every
-- severity: error
-- sentence: An entry is not on the list of the column, which has no entry for unknown.
-- remedy: Use an entry of the data dictionary, or map the entry in the mapping file.
select table_name, row_no, column_name from cell_problems where rule = 'unknown_category'
