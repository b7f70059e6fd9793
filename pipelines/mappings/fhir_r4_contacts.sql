-- one row per communication, and per referral that was made
with
    gathered as (
        select
            row_no as line,
            id as contact_id,
            patient_id,
            encounter_id,
            episode_id,
            case
                when
                    category_code in (
                        'call_attempt',
                        'call_reached',
                        'text',
                        'text_answered',
                        'email',
                        'checkin',
                        'center_visit',
                        'mutual_help_meeting',
                        'group',
                        'referral_made',
                        'referral_completed',
                        'goal_set',
                        'goal_completed',
                        'volunteering',
                        'mentoring',
                        'sponsoring',
                        'facilitated',
                        'trained_as_coach',
                        'became_coach',
                        'referred_someone_in',
                        'recurrence',
                        'ed_visit',
                        'naloxone',
                        'other'
                    )
                then category_code
                when status = 'not-done'
                then medium_code || ' not-done'
                else coalesce(medium_code, 'other')
            end as type_code,
            sender_type as initiated_by,
            sent_date as contact_date
        from source_fhir_communication
        where status in ('completed', 'in-progress', 'unknown') or (status = 'not-done' and medium_code = 'PHONE')  -- nobody was reached; other media were not sent
        union all
        select row_no, id, patient_id, encounter_id, episode_id, 'referral_made', requester_type, authored_date
        from source_fhir_service_request
        where status in ('active', 'on-hold', 'completed')
    ),
    begun as (select id, patient_id, start_day from view_episodes where start_day is not null),
    first_begun as (select patient_id, min_by(id, start_day) as id from begun group by patient_id)
select
    gathered.line,
    gathered.contact_id,
    coalesce(gathered.episode_id, encounter.episode_id, begun.id, first_begun.id) as episode_id,
    gathered.type_code,
    gathered.initiated_by,
    gathered.contact_date
from gathered
left join source_fhir_encounter as encounter on encounter.id = gathered.encounter_id
asof left join
    begun
    on begun.patient_id = gathered.patient_id
    and begun.start_day <= try_cast(left(gathered.contact_date, 10) as date)
left join first_begun on first_begun.patient_id = gathered.patient_id
