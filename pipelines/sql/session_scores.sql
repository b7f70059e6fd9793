-- One row per episode, construct and session by which a score may be complete: the mean of the person's ratings dated
-- from the first session to that one, none of them later.
with
    ratings as (
        select
            assessments.episode_id,
            constructs.construct,
            assessments.total,
            assessments.day - episodes.first_attended_day as day,
            [early_sessions.session_2_day, early_sessions.session_3_day, early_sessions.session_4_day] as ends
        from joined_assessments as assessments
        join joined_episodes as episodes on episodes.episode_id = assessments.episode_id
        join early_sessions on early_sessions.episode_id = assessments.episode_id
        join
            constructs
            on constructs.instrument_id = assessments.instrument_id
            and constructs.instrument_version = coalesce(assessments.instrument_version, '')
            and constructs.rater = assessments.rater
        where
            assessments.total is not null
            and list_contains($constructs, constructs.construct)
            and assessments.day >= episodes.first_attended_day
            and assessments.day
            <= episodes.first_attended_day
            + coalesce(early_sessions.session_4_day, early_sessions.session_3_day, early_sessions.session_2_day)
    ),
    summed as (
        select
            episode_id,
            construct,
            [
                count(case when day <= ends[1] then 1 end),
                count(case when day <= ends[2] then 1 end),
                count(case when day <= ends[3] then 1 end)
            ] as counts,
            [
                sum(case when day <= ends[1] then total end),
                sum(case when day <= ends[2] then total end),
                sum(case when day <= ends[3] then total end)
            ] as sums
        from ratings
        group by episode_id, construct
    ),
    unfolded as (
        select
            episode_id, construct, unnest($sessions) as session_no, unnest(counts) as n_ratings, unnest(sums) as total
        from summed
    )
select
    episode_id,
    construct,
    session_no,
    cast(n_ratings as integer) as n_ratings,
    round(total / n_ratings, 9) as score_mean
from unfolded
where n_ratings > 0
order by episode_id, construct, session_no
