-- id: never_attended
-- table: episodes
-- severity: info
-- limit: 0.3
-- sentence: A person enrolled and has no attended session.
-- remedy: Check whether sessions are missing from the export; these people are counted apart.
select count(case when first_attended_day is null then 1 end) as row_count, count(*) as of_rows from episodes
