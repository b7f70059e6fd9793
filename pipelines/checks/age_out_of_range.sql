-- id: age_out_of_range
-- table: participants
-- severity: error
-- sentence: An age is below 0 or above 120.
-- remedy: Correct the age; it is counted in whole years.
select table_name, row_no, column_name from cell_problems where rule = 'age_out_of_range'
