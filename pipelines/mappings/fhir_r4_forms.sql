-- one row per questionnaire response, and per observation that reports a total
with
    reported as (
        select response_id, min(value) as total
        from source_fhir_answer
        -- a score worked out by the form itself; LOINC's totals of the PHQ-9 and GAD-7 (2.77, 2024)
        where lower(ltrim(link_id, '/')) in ('total', 'score', '44261-6', '70274-6')
        group by response_id
    ),
    gathered as (
        select
            response.row_no as line,
            response.id as form_id,
            response.patient_id,
            response.encounter_id,
            response.episode_id,
            -- the last part of the address, without the version behind the bar
            regexp_extract(split_part(response.questionnaire, '|', 1), '([^/]*)$', 1) as instrument,
            case
                coalesce(response.source_type, response.author_type)
                when 'Practitioner'
                then 'coach'
                when 'PractitionerRole'
                then 'coach'
                when 'RelatedPerson'
                then 'observer'
                else 'participant'
            end as rater,
            coalesce(role.practitioner_id, response.coach_id, response.coach_role_id) as coach_id,
            response.authored_date as form_date,
            case when response.status in ('completed', 'amended') then 'complete' else 'partial' end as status,
            reported.total,
            response.wave_code
        from source_fhir_questionnaire_response as response
        left join source_fhir_practitioner_role as role on role.id = coalesce(response.coach_role_id, response.coach_id)
        left join reported on reported.response_id = response.id
        union all
        select
            row_no,
            id,
            patient_id,
            encounter_id,
            episode_id,
            code,
            'participant',
            cast(null as varchar),
            effective_date,
            'complete',
            value,
            cast(null as varchar)
        from source_fhir_observation
        where status in ('final', 'amended', 'corrected') and code in ('44261-6', '70274-6')  -- totals of the PHQ-9 and GAD-7
    ),
    begun as (select id, patient_id, start_day from view_episodes where start_day is not null),
    first_begun as (select patient_id, min_by(id, start_day) as id from begun group by patient_id)
select
    gathered.line,
    gathered.form_id,
    coalesce(gathered.episode_id, encounter.episode_id, begun.id, first_begun.id) as episode_id,
    gathered.coach_id,
    coalesce(encounter.appointment_id, encounter.id) as session_id,
    gathered.instrument,
    gathered.rater,
    gathered.form_date,
    gathered.status,
    gathered.total,
    gathered.wave_code
from gathered
left join source_fhir_encounter as encounter on encounter.id = gathered.encounter_id
asof left join
    begun
    on begun.patient_id = gathered.patient_id
    and begun.start_day <= try_cast(left(gathered.form_date, 10) as date)
left join first_begun on first_begun.patient_id = gathered.patient_id
