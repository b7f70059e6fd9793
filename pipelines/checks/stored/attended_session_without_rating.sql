-- id: attended_session_without_rating
-- table: sessions
-- severity: info
-- limit: 0.7
-- sentence: An attended session has no questionnaire of its day.
-- remedy: Ask for a short rating at each session, or every few sessions.
with rated as (select distinct episode_id, day from assessments where status in ('complete', 'partial'))
select count(case when rated.day is null then 1 end) as row_count, count(*) as of_rows
from sessions
left join rated on rated.episode_id = sessions.episode_id and rated.day = sessions.occurred_day
where sessions.status = 'attended'
