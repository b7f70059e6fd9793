-- id: straight_lining
-- table: assessments
-- severity: warn
-- sentence: Every item has the same answer although some items are turned round.
-- remedy: Ask how the questionnaire was filled in; the score was stored.
with
    alike as (
        select items.assessment_id
        from typed_assessment_items as items
        anti join (select row_no from quarantined where table_name = 'assessment_items') using (row_no)
        join registry_ranges as registry on registry.instrument_id = items.instrument_id
        where registry.has_reversed_items
        group by items.assessment_id
        having count(items.value) >= 5 and min(items.value) = max(items.value)
    )
select 'assessments' as table_name, row_no, '' as column_name
from typed_assessments
where assessment_id in (select assessment_id from alike)
