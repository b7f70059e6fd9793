-- id: assessment_not_answered
-- table: assessments
-- severity: info
-- limit: 0.4
-- sentence: A questionnaire that was due was refused or missed, or the person was not found.
-- remedy: Ask earlier and again; low shares answered make every score doubtful.
select count(case when status in ('refused', 'not_located', 'due_missed') then 1 end) as row_count, count(*) as of_rows
from assessments
