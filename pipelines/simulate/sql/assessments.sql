-- One row per questionnaire, in incoming columns; the total is empty where single answers are written.
select
    format('A-{:06d}', assessment) as assessment_id,
    format('E-{:05d}', episode) as episode_id,
    case when coach > 0 then format('C-{:03d}', coach) end as coach_id,
    case when session > 0 then format('S-{:06d}', session) end as session_id,
    instrument_id,
    null as instrument_version,
    'participant' as rater,
    date '1970-01-01' + date::integer as date,
    wave,
    status,
    case when not isnan(total) then round(total, 4) end as total
from compact_assessments
