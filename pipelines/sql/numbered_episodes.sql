-- What the marts group by, so that they need not group by codes of 16 bytes: one row per episode, with a number.
create or replace temp table numbered_episodes as
select
    episode_id, cast(row_number() over (order by episode_id) as integer) as episode_no, participant_id, first_attended_day
from joined_episodes
;

-- One row per session, by the number of its episode: its day, and the days since the first attended one.
create or replace temp table dated_sessions as
select
    episodes.episode_no,
    sessions.coach_id,
    coalesce(sessions.status = 'attended', false) as is_attended,
    coalesce(sessions.status = 'no_show', false) as is_no_show,
    coalesce(sessions.status = 'late_cancel', false) as is_late_cancel,
    coalesce(sessions.occurred_day, sessions.scheduled_day) as day,
    coalesce(sessions.occurred_day, sessions.scheduled_day) - episodes.first_attended_day as since_first
from joined_sessions as sessions
join numbered_episodes as episodes on episodes.episode_id = sessions.episode_id
;

-- One row per instrument, version and rater with a score, with a number.
create or replace temp table rated_kinds as
select
    cast(row_number() over (order by all_kinds.instrument_id, instrument_version, rater) as integer) as kind_no,
    instrument_id,
    instrument_version,
    rater
from
    (
        select distinct instrument_id, coalesce(instrument_version, '') as instrument_version, rater
        from joined_assessments
        where total is not null
    ) as all_kinds
;

-- One row per score, by the number of its episode and its kind: its day, and the days since the first attended session.
create or replace temp table dated_ratings as
select
    episodes.episode_no,
    rated_kinds.kind_no,
    assessments.assessment_id,
    assessments.total,
    assessments.at_ceiling,
    assessments.wave,
    assessments.day,
    assessments.day - episodes.first_attended_day as since_first
from joined_assessments as assessments
join numbered_episodes as episodes on episodes.episode_id = assessments.episode_id
join
    rated_kinds
    on rated_kinds.instrument_id = assessments.instrument_id
    and rated_kinds.instrument_version = coalesce(assessments.instrument_version, '')
    and rated_kinds.rater is not distinct from assessments.rater
where assessments.total is not null
