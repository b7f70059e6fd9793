-- one row per organization that manages an episode or employs a coach; its short name if it is in the export
with
    named as (
        select organization_id
        from view_episodes
        union
        select organization_id
        from source_fhir_practitioner_role
    )
select named.organization_id, min(organization.short_name) as short_name
from named
left join source_fhir_organization as organization on organization.id = named.organization_id
where named.organization_id is not null
group by named.organization_id
order by named.organization_id
