-- id: bad_flag
-- table: every
-- severity: error
-- sentence: A yes-or-no cell holds something else.
-- remedy: Write true or false, yes or no, 1 or 0.
select table_name, row_no, column_name from cell_problems where rule = 'bad_flag'
