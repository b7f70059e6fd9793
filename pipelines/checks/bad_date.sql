-- id: bad_date
-- table: every
-- severity: error
-- sentence: A date is not written as year-month-day, or there is no such day.
-- remedy: Write dates as 2026-05-31; times may follow.
select table_name, row_no, column_name from cell_problems where rule = 'bad_date'
