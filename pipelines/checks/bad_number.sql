-- id: bad_number
-- table: every
-- severity: error
-- sentence: A number cannot be read, or a whole number has a fraction.
-- remedy: Write digits with a point and without a unit.
select table_name, row_no, column_name from cell_problems where rule = 'bad_number'
