-- One row per questionnaire, in incoming columns; the total is empty where single answers are written.
select
    lettered('A-', assessment, 1) as assessment_id,
    lettered('E-', episode, 5) as episode_id,
    case when coach > 0 then lettered('C-', coach, 3) end as coach_id,
    case when session > 0 then lettered('S-', session, 1) end as session_id,
    instrument_id,
    null as instrument_version,
    'participant' as rater,
    date '1970-01-01' + date::integer as date,
    wave,
    status,
    case when not isnan(total) then round(total, 4) end as total
from compact_assessments
