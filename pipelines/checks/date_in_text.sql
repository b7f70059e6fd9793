-- id: date_in_text
-- table: every
-- severity: error
-- sentence: A text holds a calendar date.
-- remedy: Leave the date out of the text.
select table_name, row_no, column_name from cell_problems where rule = 'date_in_text'
