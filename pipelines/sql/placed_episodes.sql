-- One row per episode: what pages filter by, as it is shown there.
create or replace temp view episode_traits as
select
    episodes.episode_id,
    coalesce(sites.site_code, 'Site ' || left(cast(episodes.site_id as varchar), 4)) as site,
    episodes.enrol_year || case when episodes.enrol_quarter <= 2 then '-H1' else '-H2' end as cohort,
    episodes.enrol_year,
    episodes.enrol_year || '-Q' || episodes.enrol_quarter as enrol_quarter,
    case
        when participants.age_band in ('65-74', '75-89', '90+')
        then '65+'
        else coalesce(participants.age_band, 'unknown')
    end as age_band,
    coalesce(participants.gender, 'undisclosed') as gender,
    coalesce(participants.race_eth, 'unknown') as race_eth,
    coalesce(participants.primary_substance, 'unknown') as primary_substance,
    coalesce(episodes.referral_source, 'unknown') as referral_source,
    coalesce(participants.housing, 'unknown') as housing,
    coalesce(participants.employment, 'unknown') as employment,
    participants.prior_episodes
from joined_episodes as episodes
join participants on participants.participant_id = episodes.participant_id
left join sites on sites.site_id = episodes.site_id
;

-- One row per episode: its place in the order in which `mart_episodes` is stored, by the common filters.
create or replace temp table placed_episodes as
select
    episode_id,
    cast(
        row_number() over (
            order by site, cohort, age_band, gender, primary_substance, referral_source, housing, episode_id
        ) as integer
    ) as place
from episode_traits
