-- id: contact_long_after_exit
-- table: discharges
-- severity: info
-- limit: 0.1
-- sentence: Contact goes on for more than 30 days after the recorded exit.
-- remedy: Start a new enrolment when a person comes back, or correct the date of the exit.
select
    count(case when episodes.last_contact_day - discharges.exit_day > 30 then 1 end) as row_count, count(*) as of_rows
from discharges
join episodes using (episode_id)
