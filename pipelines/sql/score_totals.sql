-- One row per given assessment, its columns and its score: where the score comes from, or why there is none.
-- Assessments of an instrument that is not in the registry stay as they are.
create or replace temp view score_totals as
with
    scored_subscales as (
        select assessment_id, count(*) as n_scored from score_subscales group by assessment_id
    ),
    judged as (
        select
            given_assessments.* exclude (total),
            given_assessments.total as reported_total,
            instrument_keys.instrument_id is not null as is_known,
            instrument_keys.n_items,
            instrument_keys.scale_min,
            instrument_keys.scale_max,
            instrument_keys.multiplier,
            instrument_keys.reported_tolerance,
            score_answers.n_answered,
            score_answers.keyed_sum,
            case
                when instrument_keys.instrument_id is null
                then null
                when score_answers.has_unknown_item
                then 'unknown_item'
                when score_answers.is_out_of_range
                then 'out_of_range'
                when
                    score_answers.n_answered is null
                    and not given_assessments.total between instrument_keys.scale_min and instrument_keys.scale_max
                then 'out_of_range'
                when score_answers.n_answered is null and given_assessments.total is null
                then 'no_answers'
                when
                    instrument_keys.n_items - score_answers.n_answered > instrument_keys.max_missing
                    or (
                        score_answers.n_answered is not null
                        and coalesce(scored_subscales.n_scored, 0) < instrument_keys.n_subscales_needed
                    )
                then 'too_many_missing'
            end as refusal
        from given_assessments
        left join instrument_keys on instrument_keys.instrument_id = given_assessments.instrument_id
        left join score_answers on score_answers.assessment_id = given_assessments.assessment_id
        left join scored_subscales on scored_subscales.assessment_id = given_assessments.assessment_id
    ),
    totalled as (
        select
            *,
            case
                when refusal is not null
                then null
                when not is_known or n_answered is null
                then reported_total
                else cast(keyed_sum as double) * multiplier / n_answered
            end as total
        from judged
    )
select
    * exclude (reported_total, is_known, scale_min, scale_max, multiplier, reported_tolerance, n_answered, keyed_sum),
    100 * (total - scale_min) / (scale_max - scale_min) as pomp,
    case
        when is_known and (total is null or n_answered is not null) then n_items - coalesce(n_answered, 0)
    end as n_missing,
    case when is_known and total is not null and n_answered is not null then n_answered < n_items end as prorated,
    total >= scale_max as at_ceiling,
    case
        when not is_known or total is null then null when n_answered is null then 'reported_total' else 'items'
    end as score_origin,
    is_known
    and n_answered is not null
    and reported_total is not null
    and total is not null
    and not abs(total - reported_total) <= reported_tolerance as is_mismatch,
    is_known and n_answered is not null and reported_total is not null and total is null as is_report_not_kept
from totalled
