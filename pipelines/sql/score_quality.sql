-- One row per rule and instrument: how many assessments it holds for. An answer nobody gave is no fault.
create or replace temp table score_quality as
with
    marked as (
        select
            assessments.instrument_id,
            unnest(
                [
                    case
                        when score_totals.refusal <> 'no_answers' or assessments.status in ('complete', 'partial')
                        then 'score_' || score_totals.refusal
                    end,
                    case when score_totals.is_mismatch then 'score_mismatch' end,
                    case when score_totals.is_report_not_kept then 'score_report_not_kept' end,
                    case when score_totals.prorated then 'score_prorated' end,
                    case when score_totals.score_origin = 'items' then 'score_from_items' end,
                    case when score_totals.score_origin = 'reported_total' then 'score_as_reported' end
                ]
            ) as rule
        from score_totals
        join assessments on assessments.assessment_id = score_totals.assessment_id
    )
select rule, instrument_id, count(*) as assessments
from marked
where rule is not null
group by rule, instrument_id
order by rule, instrument_id
