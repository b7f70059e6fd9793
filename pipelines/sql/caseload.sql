-- One row per calendar month: people with an attended session and sessions, at the sites asked for and at the others.
-- Reads tables without persons alone; somebody who comes to two sites in a month counts at both.
with
    people as (
        select
            active.month,
            active.n_active,
            (
                not $filtered
                or list_contains($sites, coalesce(sites.site_code, 'Site ' || left(cast(active.site_id as varchar), 4)))
            ) as is_asked
        from site_month_active as active
        left join sites on sites.site_id = active.site_id
    ),
    held as (
        select
            counted.month,
            sum(case when counted.status = 'attended' then counted.n_sessions else 0 end) as attended,
            sum(
                case when counted.status in ('attended', 'no_show', 'late_cancel') then counted.n_sessions else 0 end
            ) as due,
            sum(counted.n_sessions) as scheduled
        from site_month_sessions as counted
        left join sites on sites.site_id = counted.site_id
        where
            not $filtered
            or list_contains($sites, coalesce(sites.site_code, 'Site ' || left(cast(counted.site_id as varchar), 4)))
        group by counted.month
    )
select
    people.month,
    sum(case when is_asked then n_active else 0 end) as people,
    sum(case when is_asked then 0 else n_active end) as others,
    coalesce(any_value(held.attended), 0) as attended,
    coalesce(any_value(held.due), 0) as due,
    coalesce(any_value(held.scheduled), 0) as scheduled
from people
left join held on held.month = people.month
group by people.month
order by people.month
