-- One row per episode in scope and matching the filters: its levels and its outcome.
select
    episode_id,
    participant_id,
    level_1,
    level_2,
    case when zero_day is null then 'never_attended' when t is null then 'immature' else 'followed' end as state,
    t,
    cause,
    follow_up
from matched
order by episode_id
