-- One row per episode in scope: the outcome as the marts hold it for each gap, else default settings; reads
-- `counted`.
select
    *,
    first_attended_day as zero_day,
    stay_follow_up - $more_gap as follow_up,
    stay_ending as ending,
    case when stay_ending >= 0 then stay_ending >> 3 end as t,
    case when stay_ending >= 0 then stay_ending & 7 end as cause
from counted
where $episodes = 'all' or is_first
