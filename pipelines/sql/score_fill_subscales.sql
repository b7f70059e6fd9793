-- One row per subscale of a scored assessment, in a settled order.
insert into assessment_subscales (assessment_id, subscale, value)
select assessment_id, subscale, value
from score_subscales
order by assessment_id, subscale
