-- Fills the worked-out columns of every assessment of an instrument in the registry.
update assessments
set
    total = score_totals.total,
    pomp = score_totals.pomp,
    n_items = score_totals.n_items,
    n_missing = score_totals.n_missing,
    prorated = score_totals.prorated,
    at_ceiling = score_totals.at_ceiling,
    score_origin = score_totals.score_origin
from score_totals
where score_totals.assessment_id = assessments.assessment_id
