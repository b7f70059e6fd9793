-- id: exit_long_after_last_contact
-- table: discharges
-- severity: info
-- limit: 0.2
-- sentence: An exit is dated more than 60 days after the last contact.
-- remedy: Date an exit on the day the person left, not on the day it was entered.
select
    count(case when discharges.exit_day - episodes.last_contact_day > 60 then 1 end) as row_count, count(*) as of_rows
from discharges
join episodes using (episode_id)
