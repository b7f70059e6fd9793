-- One row per episode: the mart with its outcome under the default settings; reads `outcomes`.
select
    * exclude (zero_day, contact_day, exit_at, left_at, follow_up, cause, t, ending),
    ending as stay_ending,
    follow_up as stay_follow_up
from outcomes
order by site, cohort, age_band, gender, primary_substance, referral_source, housing, episode_id
