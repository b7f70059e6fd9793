-- id: answered_without_score
-- table: assessments
-- severity: info
-- limit: 0.1
-- sentence: An answered questionnaire has no score.
-- remedy: Check missing answers, the range of answers and the version of the questionnaire.
select count(case when total is null then 1 end) as row_count, count(*) as of_rows
from assessments
where status in ('complete', 'partial')
