-- One row per episode, construct and session by which a score may be complete: the mean of the person's ratings dated
-- from the first session to that one, none of them later.
with
    ratings as (
        select
            ratings.episode_no,
            constructs.construct,
            ratings.total,
            ratings.since_first as day,
            [early_sessions.session_2_day, early_sessions.session_3_day, early_sessions.session_4_day] as ends
        from dated_ratings as ratings
        join rated_kinds on rated_kinds.kind_no = ratings.kind_no
        join
            constructs
            on constructs.instrument_id = rated_kinds.instrument_id
            and constructs.instrument_version = rated_kinds.instrument_version
            and constructs.rater = rated_kinds.rater
        join numbered_episodes as episodes on episodes.episode_no = ratings.episode_no
        join early_sessions on early_sessions.episode_id = episodes.episode_id
        where
            list_contains($constructs, constructs.construct)
            and ratings.since_first >= 0
            and ratings.since_first
            <= coalesce(early_sessions.session_4_day, early_sessions.session_3_day, early_sessions.session_2_day)
    ),
    summed as (
        select
            episode_no,
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
        group by episode_no, construct
    ),
    unfolded as (
        select
            episode_no, construct, unnest($sessions) as session_no, unnest(counts) as n_ratings, unnest(sums) as total
        from summed
    )
select
    episodes.episode_id,
    unfolded.construct,
    unfolded.session_no,
    cast(unfolded.n_ratings as integer) as n_ratings,
    round(unfolded.total / unfolded.n_ratings, 9) as score_mean
from unfolded
join numbered_episodes as episodes on episodes.episode_no = unfolded.episode_no
where unfolded.n_ratings > 0
order by unfolded.episode_no, unfolded.construct, unfolded.session_no
