-- id: unknown_instrument
-- table: assessments
-- severity: error
-- sentence: A questionnaire is not in the registry of instruments.
-- remedy: Correct its identifier, or add a file for it to your own instruments.
select table_name, row_no, column_name from cell_problems where rule = 'unknown_instrument'
