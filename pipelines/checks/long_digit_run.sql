-- id: long_digit_run
-- table: every
-- severity: error
-- sentence: A text holds a record or phone number, or seven or more digits in a row.
-- remedy: Replace it with a short code.
select table_name, row_no, column_name from cell_problems where rule = 'long_digit_run'
