-- One row per person: what a stranger might know of them, and how their first episode ended (0: it did not).
select
    mart.age_band,
    mart.gender,
    mart.race_eth,
    coalesce(participants.zip3, '') as zip3,
    mart.site,
    mart.enrol_quarter,
    coalesce(mart.exit_cause, 0) as outcome
from mart_episodes as mart
join participants on participants.participant_id = mart.participant_id
where mart.is_first
