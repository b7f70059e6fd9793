-- One row per episode and coach with attended sessions; codes as numbers, the same for the same code.
select hash(episode_id) as episode, hash(coach_id) as coach, sessions_attended as sessions
from coach_sessions
where sessions_attended > 0
