-- One row per assessment with at least one recorded answer: how many there are and the sum of the keyed answers.
-- Sums are exact decimals, so the same answers in another order give the same score to the last bit.
create or replace temp table score_answers as
select
    assessment_items.assessment_id,
    count(item_keys.item_no) as n_answered,
    sum(
        try_cast(item_keys.shift + item_keys.sign * assessment_items.value as decimal(18, 4))
    ) as keyed_sum,
    bool_or(item_keys.item_no is null) as has_unknown_item,
    coalesce(
        bool_or(not assessment_items.value between item_keys.item_min and item_keys.item_max), false
    ) as is_out_of_range
from assessment_items
join assessments on assessments.assessment_id = assessment_items.assessment_id
left join
    instrument_item_keys as item_keys
    on item_keys.instrument_id = assessments.instrument_id
    and item_keys.item_no = assessment_items.item_no
where assessment_items.value is not null
group by assessment_items.assessment_id
