-- One row per episode with a follow-up that was due by the extract: which were answered, and what became of gains.
with
    changing as (select unnest($constructs) as construct),
    due as (
        select
            follow_ups.episode_id,
            follow_ups.follow_up_day,
            follow_ups.is_answered,
            changing.construct,
            case
                when changes.episode_id is null
                then 'no_intake'
                when changes.is_lasting
                then 'kept'
                when not changes.is_lasting
                then 'not_kept'
                when changes.was_lasting
                then 'last_kept'
                else 'last_not_kept'
            end as gain
        from follow_ups
        cross join changing
        left join
            lasting_changes as changes
            on changes.episode_id = follow_ups.episode_id
            and changes.follow_up_day = follow_ups.follow_up_day
            and changes.construct = changing.construct
    )
select
    episode_id,
    bool_or(case when follow_up_day = 90 then is_answered end) as follow_up_90_answered,
    bool_or(case when follow_up_day = 180 then is_answered end) as follow_up_180_answered,
    bool_or(case when follow_up_day = 365 then is_answered end) as follow_up_365_answered,
    max(
        case when construct = 'recovery_capital' and follow_up_day = 90 then gain end
    ) as recovery_capital_gain_at_follow_up_90,
    max(
        case when construct = 'recovery_capital' and follow_up_day = 180 then gain end
    ) as recovery_capital_gain_at_follow_up_180,
    max(
        case when construct = 'recovery_capital' and follow_up_day = 365 then gain end
    ) as recovery_capital_gain_at_follow_up_365,
    max(
        case when construct = 'self_efficacy' and follow_up_day = 90 then gain end
    ) as self_efficacy_gain_at_follow_up_90,
    max(
        case when construct = 'self_efficacy' and follow_up_day = 180 then gain end
    ) as self_efficacy_gain_at_follow_up_180,
    max(
        case when construct = 'self_efficacy' and follow_up_day = 365 then gain end
    ) as self_efficacy_gain_at_follow_up_365
from due
group by episode_id
