-- One row per episode and follow-up that was due by the extract: whether a questionnaire was answered in its window.
with
    due as (
        select episodes.episode_id, discharges.exit_day, planned.follow_up_day
        from joined_discharges as discharges
        join joined_episodes as episodes on episodes.episode_id = discharges.episode_id
        cross join (select unnest($follow_up_days) as follow_up_day) as planned
        where
            not list_contains($no_follow_up_after, discharges.exit_type)
            and discharges.exit_day + planned.follow_up_day + $window_after <= episodes.extract_day
    ),
    answered as (
        select episode_id, day
        from joined_assessments
        where coalesce(wave, 'followup') = 'followup' and status in ('complete', 'partial')
    )
select due.episode_id, due.follow_up_day, count(answered.day) > 0 as is_answered
from due
left join
    answered
    on answered.episode_id = due.episode_id
    and answered.day
    between due.exit_day + due.follow_up_day - $window_before and due.exit_day + due.follow_up_day + $window_after
group by due.episode_id, due.follow_up_day
order by due.episode_id, due.follow_up_day
