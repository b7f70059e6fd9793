-- one row per appointment, with the encounter that names it, and per encounter that names none
with
    met as (
        select
            encounter.*,
            coalesce(role.practitioner_id, encounter.coach_id, encounter.coach_role_id) as met_coach_id,
            coalesce(
                case
                    when encounter.length_unit = 'min'
                    then try_cast(encounter.length as integer)
                    when encounter.length_unit = 'h'
                    then cast(60 * try_cast(encounter.length as double) as integer)
                end,
                datediff(
                    'minute',
                    try_cast(left(replace(encounter.start_date, 'T', ' '), 16) as timestamp),
                    try_cast(left(replace(encounter.end_date, 'T', ' '), 16) as timestamp)
                )
            ) as met_minutes,
            row_number() over (partition by encounter.appointment_id order by encounter.row_no) as place
        from source_fhir_encounter as encounter
        left join
            source_fhir_practitioner_role as role on role.id = coalesce(encounter.coach_role_id, encounter.coach_id)
        where encounter.status is distinct from 'planned'
    ),
    planned as (
        select
            appointment.*,
            coalesce(role.practitioner_id, appointment.coach_id, appointment.coach_role_id) as its_coach_id
        from source_fhir_appointment as appointment
        left join
            source_fhir_practitioner_role as role on role.id = coalesce(appointment.coach_role_id, appointment.coach_id)
    ),
    put_together as (
        select
            coalesce(planned.row_no, met.row_no) as line,
            coalesce(planned.id, met.id) as session_id,
            met.id as encounter_id,
            coalesce(planned.patient_id, met.patient_id) as patient_id,
            coalesce(met.episode_id, planned.episode_id) as episode_id,
            coalesce(met.met_coach_id, planned.its_coach_id) as coach_id,
            planned.start_date as scheduled_date,
            case
                when met.status in ('finished', 'in-progress', 'arrived', 'triaged', 'onleave')
                then 'attended'
                when planned.status in ('fulfilled', 'arrived', 'checked-in')
                then 'attended'
                when planned.status = 'noshow'
                then 'no_show'
                when planned.status = 'cancelled' and planned.cancel_code in ('late', 'late_cancel')
                then 'late_cancel'
                -- appointment-cancellation-reason of R4 (2019): prov and maint are the provider's, pat the patient's;
                -- neither's (meds-inc, other, oth) counts as the patient's, like a cancellation without a reason
                when planned.status = 'cancelled' and regexp_matches(planned.cancel_code, '^(prov|maint)')
                then 'cancelled_staff'
                when planned.status = 'cancelled' and starts_with(planned.cancel_code, 'resched')
                then 'rescheduled'
                when planned.status = 'cancelled'
                then 'cancelled_client'
                else 'unknown'
            end as status,
            case
                when met.type_code in ('in_person', 'phone', 'video', 'text', 'group', 'community')
                then met.type_code
                else coalesce(met.class_code, planned.type_code)
            end as mode_code,
            coalesce(met.met_minutes, try_cast(planned.minutes as integer)) as any_minutes,
            coalesce(met.service_code, planned.service_code) as service_code,
            coalesce(met.start_date, planned.start_date) as any_date
        from planned
        full join met on met.appointment_id = planned.id
        cross join source_fhir_export as export
        where
            (coalesce(met.place, 1) = 1 or planned.id is null)
            and (
                met.id is not null
                or coalesce(planned.status, '') not in ('proposed', 'pending', 'waitlist', 'booked')
                -- booked for a day gone by: what became of it is not known
                or (planned.status = 'booked' and left(planned.start_date, 10) <= export.extract_date)
            )
    ),
    begun as (select id, patient_id, start_day from view_episodes where start_day is not null),
    first_begun as (select patient_id, min_by(id, start_day) as id from begun group by patient_id)
select
    put_together.line,
    put_together.session_id,
    put_together.encounter_id,
    coalesce(put_together.episode_id, begun.id, first_begun.id) as episode_id,
    put_together.coach_id,
    put_together.scheduled_date,
    case when put_together.status = 'attended' then put_together.any_date end as occurred_date,
    put_together.status,
    put_together.mode_code,
    case when put_together.status = 'attended' then put_together.any_minutes end as minutes,
    put_together.service_code
from put_together
asof left join
    begun
    on begun.patient_id = put_together.patient_id
    and begun.start_day <= try_cast(left(put_together.any_date, 10) as date)
left join first_begun on first_begun.patient_id = put_together.patient_id
