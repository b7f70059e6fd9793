-- one row per person: trial, site, day of the first dated row of any table, day of the first randomisation
with
    dated as (
        select who, try_cast("when" as integer) as day
        from source_ctn0094_30_51_visit
        union all
        select who, try_cast("when" as integer) as day
        from source_ctn0094_30_51_treatment
        union all
        select who, try_cast("when" as integer) as day
        from source_ctn0094_30_51_withdrawal
        union all
        select who, try_cast("when" as integer) as day
        from source_ctn0094_30_51_randomization
    ),
    first_days as (select who, min(day) as first_day from dated group by who),
    arms as (
        select who, treatment as arm, try_cast("when" as integer) as randomised_day
        from source_ctn0094_30_51_randomization
        where which = '1'
    )
select
    everybody.row_no,
    everybody.who,
    everybody.project as trial,
    everybody.project || '-' || sites.site_masked as site,
    -- day 0 of the trial where nothing is dated
    coalesce(first_days.first_day, 0) as first_day,
    arms.arm,
    arms.randomised_day
from source_ctn0094_30_51_everybody as everybody
left join source_ctn0094_30_51_site_masked as sites on sites.who = everybody.who
left join first_days on first_days.who = everybody.who
left join arms on arms.who = everybody.who
