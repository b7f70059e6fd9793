-- id: scores_rounded
-- table: assessments
-- severity: info
-- limit: 0.5
-- sentence: A reported score of a wide scale is a multiple of ten.
-- remedy: Enter the score as worked out, without rounding.
select count(case when assessments.total % 10 = 0 then 1 end) as row_count, count(*) as of_rows
from assessments
join instruments using (instrument_id)
where
    assessments.score_origin = 'reported_total'
    and instruments.scale_max - instruments.scale_min >= 30
    and assessments.total < instruments.scale_max
