-- One row per made-up episode: what the queries of a page read, spread about as in real records.
select
    uuid() as episode_id,
    uuid() as participant_id,
    true as is_first,
    'Site ' || cast(hash(i, 1) % 8 as varchar) as site,
    cast(2023 + hash(i, 2) % 3 as varchar) || '-H' || cast(1 + hash(i, 3) % 2 as varchar) as cohort,
    cast(2023 + hash(i, 2) % 3 as varchar)
    || '-Q'
    || cast(1 + 2 * (hash(i, 3) % 2) + hash(i, 4) % 2 as varchar) as enrol_quarter,
    list_extract(['18-24', '25-34', '35-44', '45-54', '55-64', '65+'], cast(1 + hash(i, 5) % 6 as integer)) as age_band,
    list_extract(['woman', 'man', 'nonbinary', 'undisclosed'], cast(1 + hash(i, 6) % 4 as integer)) as gender,
    list_extract(
        ['alcohol', 'opioid', 'stimulant', 'cannabis', 'unknown'], cast(1 + hash(i, 7) % 5 as integer)
    ) as primary_substance,
    list_extract(['self', 'court', 'hospital', 'family'], cast(1 + hash(i, 8) % 4 as integer)) as referral_source,
    list_extract(['stable', 'unstable', 'homeless'], cast(1 + hash(i, 9) % 3 as integer)) as housing,
    0 as enrolled_day,
    case when hash(i, 10) % 20 = 0 then null else cast(hash(i, 11) % 10 as integer) end as first_attended_day,
    case
        when hash(i, 10) % 20 = 0
        then null
        else cast(hash(i, 11) % 10 as integer) + cast(floor(-120 * ln((1 + hash(i, 12) % 9999) / 10000.0)) as integer)
    end as last_attended_day,
    coalesce(last_attended_day, 0) + cast(hash(i, 13) % 5 as integer) as last_contact_day,
    greatest(last_contact_day, cast(hash(i, 14) % 900 as integer)) as extract_day,
    case when hash(i, 15) % 5 < 2 then last_contact_day + cast(hash(i, 16) % 10 as integer) end as exit_day,
    case when hash(i, 15) % 5 < 2 then cast(1 + hash(i, 17) % 4 as integer) end as exit_cause,
    10 as sessions_scheduled,
    list_extract(['lower', 'middle', 'higher', null], cast(1 + hash(i, 18) % 4 as integer)) as early_alliance_band,
    list_extract(['lower', 'middle', 'higher', null], cast(1 + hash(i, 19) % 4 as integer)) as early_self_efficacy_band
from range($people) as numbers(i)
