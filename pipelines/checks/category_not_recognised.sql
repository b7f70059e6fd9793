-- id: category_not_recognised
-- table: every
-- severity: warn
-- sentence: An entry is not on the list of the column and was stored as unknown.
-- remedy: Use an entry of the data dictionary, or map the entry in the mapping file.
select table_name, row_no, column_name from cell_problems where rule = 'category_not_recognised'
