-- One row per person of a simulated program, in incoming columns.
select
    lettered('P-', participant, 5) as participant_id,
    nullif(age, -1) as age,
    gender,
    race_eth,
    zip,
    primary_substance,
    housing,
    employment,
    justice_involved,
    moud,
    prior_episodes
from compact_participants
