-- id: name_like_text
-- table: every
-- severity: error
-- sentence: A text looks like the name of a person.
-- remedy: Replace it with a code; names are never stored.
select table_name, row_no, column_name from cell_problems where rule = 'name_like_text'
