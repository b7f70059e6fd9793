-- id: total_out_of_range
-- table: assessments
-- severity: error
-- sentence: A reported score is outside the range of the questionnaire.
-- remedy: Correct the score, or check which version of the questionnaire it is.
select 'assessments' as table_name, typed.row_no, 'total' as column_name
from typed_assessments as typed
join registry_ranges as registry on registry.instrument_id = typed.instrument_id
where typed.total < registry.scale_min or typed.total > registry.scale_max
