-- one row per episode of care that began: its coach is the care manager, behind a role the person who holds it
select
    care.row_no,
    care.id,
    care.patient_id,
    care.organization_id,
    coalesce(role.practitioner_id, care.coach_id, care.coach_role_id) as coach_id,
    care.type_code,
    care.status,
    care.start_date,
    care.end_date,
    care.exit_code,
    row_number() over (partition by care.patient_id order by care.start_date, care.row_no) as episode_no,
    try_cast(left(care.start_date, 10) as date) as start_day,
    export.extract_date
from source_fhir_episode_of_care as care
left join source_fhir_practitioner_role as role on role.id = coalesce(care.coach_role_id, care.coach_id)
cross join source_fhir_export as export
where care.start_date is not null and coalesce(care.status, '') not in ('planned', 'waitlist')
