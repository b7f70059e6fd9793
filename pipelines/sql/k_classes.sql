-- One row per combination of attributes: its classes of people who are alike in all of them, and how small these are.
with
    people as (
        select
            mart.age_band,
            mart.gender,
            mart.race_eth,
            coalesce(participants.zip3, '') as zip3,
            mart.site,
            mart.enrol_quarter,
            coalesce(mart.exit_cause, 0) as outcome
        from mart_episodes as mart
        join participants on participants.participant_id = mart.participant_id
        where mart.is_first
    ),
    outcomes as (select *, count(*) as people from people group by all),
    alike as (
        select
            grouping(age_band, gender, race_eth, zip3, site, enrol_quarter) as left_out,
            cast(sum(people) as bigint) as people,
            count(distinct outcome) as outcomes
        from outcomes
        group by cube (age_band, gender, race_eth, zip3, site, enrol_quarter)
    )
select
    left_out,
    count(*) as classes,
    min(people) as smallest,
    cast(sum(people) as bigint) as people,
    cast(coalesce(sum(people) filter (where people = 1), 0) as bigint) as alone,
    cast(coalesce(sum(people) filter (where people < $threshold), 0) as bigint) as in_small_classes,
    cast(coalesce(sum(people) filter (where outcomes = 1), 0) as bigint) as with_one_outcome
from alike
where left_out < 63
group by left_out
order by left_out
