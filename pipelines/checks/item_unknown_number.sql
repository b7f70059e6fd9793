-- id: item_unknown_number
-- table: assessment_items, assessments
-- severity: error
-- sentence: An item number is not one of the questionnaire's, so that it cannot be scored.
-- remedy: Correct the number, or check which version of the questionnaire it is.
with
    broken as (
        select typed.row_no, typed.assessment_id
        from typed_assessment_items as typed
        join registry_ranges as registry on registry.instrument_id = typed.instrument_id
        where typed.item_no > registry.n_items
    )
select 'assessment_items' as table_name, row_no, 'item_no' as column_name
from broken
union all
select 'assessments', typed_assessments.row_no, ''
from typed_assessments
-- answers belong to the first row with their identifier
anti join (select row_no from cell_problems where table_name = 'assessments' and rule = 'duplicate_key') using (row_no)
where assessment_id in (select assessment_id from broken)
