-- id: scores_at_ceiling
-- table: assessments
-- severity: info
-- limit: 0.3
-- sentence: A score is the highest the questionnaire can give.
-- remedy: Read differences at the top with care; another questionnaire may tell people apart better.
select count(case when at_ceiling then 1 end) as row_count, count(*) as of_rows
from assessments
where total is not null and rater = 'participant'
