-- One row per episode of a simulated program, in incoming columns.
select
    format('E-{:05d}', episode) as episode_id,
    format('P-{:05d}', participant) as participant_id,
    format('SITE-{:02d}', site) as site_id,
    episode_no,
    referral_source,
    program,
    nullif(planned_length_days, -1) as planned_length_days,
    date '1970-01-01' + enrolled_date::integer as enrolled_date,
    date '1970-01-01' + extract_date::integer as extract_date
from compact_episodes
