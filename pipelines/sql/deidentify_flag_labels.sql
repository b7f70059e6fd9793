-- Mark the texts in which a low-precision detector found something and keep nothing of them.
update label_texts
set problem = marked.problem, stored = null
from
    (
        select text_found.table_name, text_found.column_name, text_found.value, min(numbers.problem) as problem
        from text_found
        join (select unnest($rules) as rule, unnest($problems) as problem) as numbers on numbers.rule = text_found.rule
        group by text_found.table_name, text_found.column_name, text_found.value
    ) as marked
where
    label_texts.table_name = marked.table_name
    and label_texts.column_name = marked.column_name
    and label_texts.value = marked.value
