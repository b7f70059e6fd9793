-- One row per episode in scope: the outcome under the default settings, as the marts hold it; reads `counted`.
select *, first_attended_day as zero_day, stay_days as t, stay_cause as cause, stay_follow_up as follow_up
from counted
where $episodes = 'all' or is_first
