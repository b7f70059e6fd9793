-- One row per distinct text of the labels, to be searched.
insert into text_values
select
    table_name,
    column_name,
    case when list_contains($places, column_name) then 'place' else 'label' end,
    value,
    value,
    row_count
from label_texts
