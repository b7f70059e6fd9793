-- One row per rule and instrument: how many assessments it holds for. An answer nobody gave is no fault.
create or replace temp table score_quality as
with
    alike as (
        select
            instrument_id,
            case when refusal <> 'no_answers' or status in ('complete', 'partial') then refusal end as refusal,
            is_mismatch,
            is_report_not_kept,
            prorated,
            score_origin,
            count(*) as assessments
        from score_totals
        group by 1, 2, 3, 4, 5, 6
    ),
    marked as (
        select
            instrument_id,
            assessments,
            unnest(
                [
                    'score_' || refusal,
                    case when is_mismatch then 'score_mismatch' end,
                    case when is_report_not_kept then 'score_report_not_kept' end,
                    case when prorated then 'score_prorated' end,
                    case when score_origin = 'items' then 'score_from_items' end,
                    case when score_origin = 'reported_total' then 'score_as_reported' end
                ]
            ) as rule
        from alike
    )
select rule, instrument_id, cast(sum(assessments) as bigint) as assessments
from marked
where rule is not null
group by rule, instrument_id
order by rule, instrument_id
