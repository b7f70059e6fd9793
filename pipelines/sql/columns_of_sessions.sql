-- One row per episode with an attended session: its first sessions, and scores of enough ratings to each of them.
with
    scores as (
        select
            session_scores.episode_id,
            session_scores.construct,
            session_scores.session_no,
            case
                when session_scores.n_ratings >= constructs.early_min_ratings then session_scores.score_mean
            end as score
        from session_scores
        join constructs on constructs.construct = session_scores.construct
    ),
    side_by_side as (
        select
            episode_id,
            max(case when construct = 'alliance' and session_no = 2 then score end) as alliance_score_to_session_2,
            max(case when construct = 'alliance' and session_no = 3 then score end) as alliance_score_to_session_3,
            max(case when construct = 'alliance' and session_no = 4 then score end) as alliance_score_to_session_4,
            max(
                case when construct = 'self_efficacy' and session_no = 2 then score end
            ) as self_efficacy_score_to_session_2,
            max(
                case when construct = 'self_efficacy' and session_no = 3 then score end
            ) as self_efficacy_score_to_session_3,
            max(
                case when construct = 'self_efficacy' and session_no = 4 then score end
            ) as self_efficacy_score_to_session_4
        from scores
        group by episode_id
    )
select early_sessions.*, side_by_side.* exclude (episode_id)
from early_sessions
left join side_by_side on side_by_side.episode_id = early_sessions.episode_id
