-- id: number_out_of_range
-- table: every
-- severity: error
-- sentence: A number is outside the range of its column.
-- remedy: Correct the number at the source; nothing is clipped.
select table_name, row_no, column_name from cell_problems where rule = 'number_out_of_range'
