-- id: attendance_unknown
-- table: sessions
-- severity: info
-- limit: 0.1
-- sentence: It is not known what became of a session.
-- remedy: Enter whether the person attended or missed it, or who called it off.
select count(case when status = 'unknown' then 1 end) as row_count, count(*) as of_rows from sessions
