-- id: long_text
-- table: every
-- severity: error
-- sentence: A text has more than five words or 40 characters, as notes do.
-- remedy: Replace it with a short code; notes are never stored.
select table_name, row_no, column_name from cell_problems where rule = 'long_text'
