-- One row per episode of a simulated program, in incoming columns.
select
    lettered('E-', episode, 5) as episode_id,
    lettered('P-', participant, 5) as participant_id,
    lettered('SITE-', site, 2) as site_id,
    episode_no,
    referral_source,
    program,
    nullif(planned_length_days, -1) as planned_length_days,
    date '1970-01-01' + enrolled_date::integer as enrolled_date,
    date '1970-01-01' + extract_date::integer as extract_date
from compact_episodes
