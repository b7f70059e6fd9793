-- One row per episode of coaching of one person: its traits, contacts, exit, early scores and what pages read beside.
-- Those of some places, in the order of the common filters: all of them at once would be held side by side.
select
    episodes.episode_id,
    episodes.participant_id,
    coaching.place = 1 as is_first,
    traits.* exclude (episode_id, prior_episodes),
    episodes.enrolled_day,
    episodes.first_attended_day,
    coaching.last_attended_day,
    episodes.last_contact_day,
    episodes.extract_day,
    discharges.exit_day,
    discharges.exit_type,
    discharges.cause_group as exit_cause,
    coalesce(coaching.sessions_attended, 0) as sessions_attended,
    coalesce(coaching.sessions_no_show, 0) as sessions_no_show,
    coalesce(coaching.sessions_late_cancel, 0) as sessions_late_cancel,
    coalesce(coaching.sessions_scheduled, 0) as sessions_scheduled,
    coaching.coach_id,
    traits.prior_episodes + coaching.place - 1 as prior_episodes,
    coaching.severity_score,
    coalesce(
        episodes.first_attended_day <= episodes.enrolled_day + $initiated_days
        and coaching.attended_to_engage > $further_sessions,
        false
    ) as is_engaged,
    coaching.episode_number,
    coaching.person_number,
    coaching.coach_number,
    alliance.early_score as early_alliance_score,
    coalesce(alliance.early_ratings, 0) as early_alliance_ratings,
    alliance.early_band as early_alliance_band,
    alliance.at_ceiling as alliance_at_ceiling,
    alliance.score_to_day_14 as alliance_score_to_day_14,
    alliance.score_to_day_60 as alliance_score_to_day_60,
    alliance.score_to_day_90 as alliance_score_to_day_90,
    alliance.score_day_31_to_60 as alliance_score_day_31_to_60,
    self_efficacy.early_score as early_self_efficacy_score,
    coalesce(self_efficacy.early_ratings, 0) as early_self_efficacy_ratings,
    self_efficacy.early_band as early_self_efficacy_band,
    self_efficacy.at_ceiling as self_efficacy_at_ceiling,
    self_efficacy.score_to_day_14 as self_efficacy_score_to_day_14,
    self_efficacy.score_to_day_60 as self_efficacy_score_to_day_60,
    self_efficacy.score_to_day_90 as self_efficacy_score_to_day_90,
    self_efficacy.score_day_31_to_60 as self_efficacy_score_day_31_to_60,
    empathy.early_score as early_empathy_score,
    coalesce(empathy.early_ratings, 0) as early_empathy_ratings,
    empathy.early_band as early_empathy_band,
    empathy.at_ceiling as empathy_at_ceiling,
    empathy.score_to_day_14 as empathy_score_to_day_14,
    empathy.score_to_day_60 as empathy_score_to_day_60,
    empathy.score_to_day_90 as empathy_score_to_day_90,
    empathy.score_day_31_to_60 as empathy_score_day_31_to_60,
    empowerment.early_score as early_empowerment_score,
    coalesce(empowerment.early_ratings, 0) as early_empowerment_ratings,
    empowerment.early_band as early_empowerment_band,
    empowerment.at_ceiling as empowerment_at_ceiling,
    empowerment.score_to_day_14 as empowerment_score_to_day_14,
    empowerment.score_to_day_60 as empowerment_score_to_day_60,
    empowerment.score_to_day_90 as empowerment_score_to_day_90,
    empowerment.score_day_31_to_60 as empowerment_score_day_31_to_60,
    recovery_capital.early_score as early_recovery_capital_score,
    coalesce(recovery_capital.early_ratings, 0) as early_recovery_capital_ratings,
    recovery_capital.early_band as early_recovery_capital_band,
    recovery_capital.at_ceiling as recovery_capital_at_ceiling,
    recovery_capital.score_to_day_14 as recovery_capital_score_to_day_14,
    recovery_capital.score_to_day_60 as recovery_capital_score_to_day_60,
    recovery_capital.score_to_day_90 as recovery_capital_score_to_day_90,
    recovery_capital.score_day_31_to_60 as recovery_capital_score_day_31_to_60,
    columns_of_sessions.* exclude (episode_id),
    columns_of_follow_up.* exclude (episode_id),
    columns_of_contacts.* exclude (episode_id)
from placed_episodes as placed
join joined_episodes as episodes on episodes.episode_id = placed.episode_id
join episode_traits as traits on traits.episode_id = placed.episode_id
join columns_of_coaching as coaching on coaching.episode_id = placed.episode_id
left join joined_discharges as discharges on discharges.episode_id = episodes.episode_id
left join columns_of_scores as alliance on alliance.episode_id = episodes.episode_id and alliance.construct = 'alliance'
left join
    columns_of_scores as self_efficacy
    on self_efficacy.episode_id = episodes.episode_id
    and self_efficacy.construct = 'self_efficacy'
left join columns_of_scores as empathy on empathy.episode_id = episodes.episode_id and empathy.construct = 'empathy'
left join
    columns_of_scores as empowerment
    on empowerment.episode_id = episodes.episode_id
    and empowerment.construct = 'empowerment'
left join
    columns_of_scores as recovery_capital
    on recovery_capital.episode_id = episodes.episode_id
    and recovery_capital.construct = 'recovery_capital'
left join columns_of_sessions on columns_of_sessions.episode_id = episodes.episode_id
left join columns_of_follow_up on columns_of_follow_up.episode_id = episodes.episode_id
left join columns_of_contacts on columns_of_contacts.episode_id = episodes.episode_id
where placed.place between $first_place and $last_place
