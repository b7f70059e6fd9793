-- One row per assessment and subscale that can be scored: enough of its own items answered, none out of range.
create or replace temp table score_subscales as
select
    given_items.assessment_id,
    subscale_keys.subscale,
    cast(
        sum(try_cast(item_keys.shift + item_keys.sign * given_items.value as decimal(18, 4))) as double
    )
    * any_value(subscale_keys.multiplier)
    / count(*) as value
from given_items
join given_assessments on given_assessments.assessment_id = given_items.assessment_id
join
    instrument_subscale_keys as subscale_keys
    on subscale_keys.instrument_id = given_assessments.instrument_id
    and subscale_keys.item_no = given_items.item_no
join
    instrument_item_keys as item_keys
    on item_keys.instrument_id = given_assessments.instrument_id
    and item_keys.item_no = given_items.item_no
join score_answers on score_answers.assessment_id = given_items.assessment_id
where
    given_items.value is not null
    and not score_answers.has_unknown_item
    and not score_answers.is_out_of_range
group by given_items.assessment_id, subscale_keys.subscale
having any_value(subscale_keys.n_items) - count(*) <= any_value(subscale_keys.max_missing)
