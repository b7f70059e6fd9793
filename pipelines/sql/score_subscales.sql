-- One row per assessment and subscale that can be scored: enough of its own items answered, none out of range.
create or replace temp table score_subscales as
select
    assessment_items.assessment_id,
    subscale_keys.subscale,
    cast(
        sum(try_cast(item_keys.shift + item_keys.sign * assessment_items.value as decimal(18, 4))) as double
    )
    * any_value(subscale_keys.multiplier)
    / count(*) as value
from assessment_items
join assessments on assessments.assessment_id = assessment_items.assessment_id
join
    instrument_subscale_keys as subscale_keys
    on subscale_keys.instrument_id = assessments.instrument_id
    and subscale_keys.item_no = assessment_items.item_no
join
    instrument_item_keys as item_keys
    on item_keys.instrument_id = assessments.instrument_id
    and item_keys.item_no = assessment_items.item_no
join score_answers on score_answers.assessment_id = assessment_items.assessment_id
where
    assessment_items.value is not null
    and not score_answers.has_unknown_item
    and not score_answers.is_out_of_range
group by assessment_items.assessment_id, subscale_keys.subscale
having any_value(subscale_keys.n_items) - count(*) <= any_value(subscale_keys.max_missing)
