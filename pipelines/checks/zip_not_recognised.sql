-- id: zip_not_recognised
-- table: participants
-- severity: warn
-- sentence: A ZIP code was not written with five digits and was left out.
-- remedy: Write ZIP codes as text with five digits.
select table_name, row_no, column_name from cell_problems where rule = 'zip_not_recognised'
