-- One row per first episode: every value a release uses; categories as places in their lists, 0 if undeclared.
select
    hash(matched.episode_id) as episode,
    coalesce(list_position(cast($cohorts as varchar[]), cohort), 0) as cohort,
    coalesce(list_position(cast($sites as varchar[]), site), 0) as site,
    coalesce(list_position(cast($age_bands as varchar[]), age_band), 0) as age_band,
    coalesce(list_position(cast($genders as varchar[]), gender), 0) as gender,
    coalesce(list_position(cast($substances as varchar[]), primary_substance), 0) as primary_substance,
    coalesce(list_position(cast($referrals as varchar[]), referral_source), 0) as referral_source,
    coalesce(list_position(cast($housings as varchar[]), housing), 0) as housing,
    case
        when not coalesce(t > $landmark_day, false)
        then coalesce(list_position(cast($alliance_bands as varchar[]), 'left_before'), 0)
        else coalesce(list_position(cast($alliance_bands as varchar[]), coalesce(early_alliance_band, 'no_score')), 0)
    end as alliance_band,
    case
        when not coalesce(t > $landmark_day, false)
        then coalesce(list_position(cast($self_efficacy_bands as varchar[]), 'left_before'), 0)
        else
            coalesce(
                list_position(cast($self_efficacy_bands as varchar[]), coalesce(early_self_efficacy_band, 'no_score')),
                0
            )
    end as self_efficacy_band,
    zero_day is not null as has_started,
    coalesce(follow_up, -1) as follow_up,
    coalesce(t, -1) as t,
    coalesce(cause, -1) as cause,
    is_engaged,
    coalesce(changes.is_lasting and exit_day - zero_day <= $ended_by, false) as has_lasting_change,
    coalesce(sessions_attended, 0) as attended,
    coalesce(sessions_attended, 0) + coalesce(sessions_no_show, 0) + coalesce(sessions_late_cancel, 0) as due,
    early_alliance_score as alliance,
    early_self_efficacy_score as self_efficacy
from matched
left join
    lasting_changes as changes
    on changes.episode_id = matched.episode_id
    and changes.construct = $changing
    and changes.follow_up_day = $follow_up_day
