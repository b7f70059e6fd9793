-- One row per recorded episode that resumes an earlier one of the same person: the episode it is part of, and the days
-- from its day 0 to that of the earlier one. Both count their days to one extract, so the days between them are known.
create or replace temp table resumed_episodes as
with
    followed_by as (
        select
            episodes.episode_id,
            episodes.participant_id,
            episodes.extract_day,
            discharges.exit_day,
            lag(episodes.extract_day) over person as earlier_extract_day,
            lag(discharges.exit_day) over person as earlier_exit_day,
            row_number() over person as place
        from episodes
        left join discharges on discharges.episode_id = episodes.episode_id
        window
            person as (
                partition by episodes.participant_id
                order by episodes.extract_day desc, episodes.episode_no, episodes.episode_id
            )
    ),
    begun as (
        select
            *,
            coalesce(
                earlier_extract_day - earlier_exit_day - extract_day not between 0 and $new_episode_after, true
            ) as is_new
        from followed_by
    ),
    counted as (
        select *, sum(case when is_new then 1 else 0 end) over (partition by participant_id order by place) as stay
        from begun
    ),
    placed as (
        select
            *,
            first(episode_id) over same_stay as part_of,
            first(extract_day) over same_stay - extract_day as shift
        from counted
        window same_stay as (partition by participant_id, stay order by place)
    )
select episode_id, part_of, shift
from placed
where not is_new
