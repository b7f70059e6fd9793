-- one row per episode with an end: a recorded reason, else a death within it, else unknown
select
    episodes.row_no,
    episodes.id,
    episodes.end_date as exit_date,
    coalesce(
        episodes.exit_code,
        case when left(patient.deceased_date, 10) <= left(episodes.end_date, 10) then 'died' end,
        'unknown'
    ) as exit_type,
    coalesce(episodes.exit_code, episodes.status) as source_code
from view_episodes as episodes
left join source_fhir_patient as patient on patient.id = episodes.patient_id
where episodes.end_date is not null and episodes.status in ('finished', 'cancelled')
