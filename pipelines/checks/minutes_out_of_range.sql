-- id: minutes_out_of_range
-- table: sessions, engagement_events
-- severity: error
-- sentence: A session or contact lasts less than 0 or more than 600 minutes.
-- remedy: Correct the length; it is counted in minutes.
select table_name, row_no, column_name from cell_problems where rule = 'minutes_out_of_range'
