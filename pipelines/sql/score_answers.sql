-- One row per assessment with at least one recorded answer: how many there are and the sum of the keyed answers.
-- Sums are exact decimals, so the same answers in another order give the same score to the last bit.
create or replace temp table score_answers as
select
    given_items.assessment_id,
    count(item_keys.item_no) as n_answered,
    sum(
        try_cast(item_keys.shift + item_keys.sign * given_items.value as decimal(18, 4))
    ) as keyed_sum,
    bool_or(item_keys.item_no is null) as has_unknown_item,
    coalesce(
        bool_or(not given_items.value between item_keys.item_min and item_keys.item_max), false
    ) as is_out_of_range
from given_items
join given_assessments on given_assessments.assessment_id = given_items.assessment_id
left join
    instrument_item_keys as item_keys
    on item_keys.instrument_id = given_assessments.instrument_id
    and item_keys.item_no = given_items.item_no
where given_items.value is not null
group by given_items.assessment_id
