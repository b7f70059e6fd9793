-- one row per person who coaches: named by an episode, a session or a form, or holding a role
with
    named as (
        select coach_id
        from view_episodes
        union
        select coach_id
        from view_sessions
        union
        select coach_id
        from view_forms
        union
        select practitioner_id
        from source_fhir_practitioner_role
    )
select
    named.coach_id,
    min_by(role.organization_id, role.row_no) as organization_id,
    min_by(role.role_code, role.row_no) as role_code
from named
left join source_fhir_practitioner_role as role on role.practitioner_id = named.coach_id
where named.coach_id is not null
group by named.coach_id
order by named.coach_id
