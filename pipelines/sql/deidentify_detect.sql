-- One row per distinct value in which one detector finds something.
insert into text_found
select
    text_values.table_name,
    text_values.column_name,
    text_values.value,
    detectors.position,
    detectors.rule,
    detectors.is_high_precision,
    text_values.row_count
from text_values
join detectors on detectors.position = $order
where
    case
        text_values.kind
        when 'id'
        then detectors.in_ids
        when 'place'
        then detectors.in_places
        when 'code'
        then detectors.in_codes
        else true
    end
    and regexp_matches(text_values.plain, $pattern)
