-- One row per person still in the program at the landmark: early scores, whether they stayed to the horizon (empty
-- where
-- it cannot be known), whether a gain is known to have lasted (empty before it could be), events of helping others
-- since
-- the landmark and the days they were counted in.
select
    matched.early_empathy_score as empathy,
    matched.early_alliance_score as alliance,
    matched.early_empowerment_score as empowerment,
    matched.early_self_efficacy_score as self_efficacy,
    case
        when matched.follow_up - $origin >= $horizon then not (matched.cause = 1 and matched.t - $origin <= $horizon)
    end as stayed,
    case
        when matched.follow_up >= $known_after
        then coalesce(changes.is_lasting and matched.exit_day - matched.zero_day <= $ended_by, false)
    end as lasting,
    coalesce(
        (
            select sum(helping.n_events)
            from helping_days as helping
            where helping.episode_id = matched.episode_id and helping.day - matched.zero_day > $origin
        ),
        0
    ) as events,
    greatest(1, matched.extract_day - matched.zero_day - $origin) as days,
    matched.site,
    cast(matched.coach_id as varchar) as coach
from matched
left join
    lasting_changes as changes
    on changes.episode_id = matched.episode_id
    and changes.construct = $construct
    and changes.follow_up_day = $follow_up_day
where matched.t > $origin
