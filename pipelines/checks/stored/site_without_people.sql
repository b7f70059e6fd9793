-- id: site_without_people
-- table: sites
-- severity: info
-- limit: 0.5
-- sentence: A site has nobody enrolled.
-- remedy: Check whether people are missing from the export, or leave the site out.
select count(case when site_id not in (select site_id from episodes) then 1 end) as row_count, count(*) as of_rows
from sites
