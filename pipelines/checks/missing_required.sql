-- id: missing_required
-- table: every
-- severity: error
-- sentence: A cell that every row needs is empty.
-- remedy: Fill the cell at the source, or leave the row out.
select table_name, row_no, column_name from cell_problems where rule = 'missing_required'
