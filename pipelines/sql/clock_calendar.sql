-- site_month_sessions_staged: one row per site, calendar month and session status; no person, no episode, no coach
-- site_month_active_staged: one row per site and calendar month; no person, no episode, no coach
create or replace temp table site_month_sessions_staged as
select
    sites.code as site_id,
    printf('%04d-%02d', cast(floor(kept.month_no / 100) as integer), kept.month_no % 100) as month,
    cast(kept.status as varchar) as status,
    count(*) as n_sessions,
    coalesce(sum(kept.minutes), 0) as minutes_total
from kept_sessions as kept
join (select distinct code, place from key_sites) as sites on sites.place = kept.site_no
where kept.month_no is not null
group by sites.code, kept.month_no, kept.status
;

create or replace temp table site_month_active_staged as
select
    sites.code as site_id,
    printf('%04d-%02d', cast(floor(kept.month_no / 100) as integer), kept.month_no % 100) as month,
    count(distinct kept.person_no) as n_active
from kept_sessions as kept
join (select distinct code, place from key_sites) as sites on sites.place = kept.site_no
where kept.status = 'attended' and kept.month_no is not null
group by sites.code, kept.month_no
