-- id: same_answer_throughout
-- table: assessments
-- severity: warn
-- sentence: Every item has the same answer, and it is neither the lowest nor the highest.
-- remedy: Ask how the questionnaire was filled in; the score was stored.
with
    alike as (
        select items.assessment_id
        from typed_assessment_items as items
        anti join (select row_no from quarantined where table_name = 'assessment_items') using (row_no)
        join registry_ranges as registry on registry.instrument_id = items.instrument_id
        where not registry.has_reversed_items and registry.n_items >= 8
        group by items.assessment_id
        having
            count(items.value) = any_value(registry.n_items)
            and min(items.value) = max(items.value)
            and min(items.value) > any_value(registry.item_min)
            and max(items.value) < any_value(registry.item_max)
    )
select 'assessments' as table_name, row_no, '' as column_name
from typed_assessments
where assessment_id in (select assessment_id from alike)
