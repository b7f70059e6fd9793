-- id: bad_date
-- table: every
-- severity: error
-- sentence: A date is not written as year-month-day, or the calendar has no such day.
-- remedy: Write dates as year-month-day with four, two and two digits; a time may follow.
select table_name, row_no, column_name from cell_problems where rule = 'bad_date'
