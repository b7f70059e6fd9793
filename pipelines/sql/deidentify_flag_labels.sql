-- Mark the texts in which a low-precision detector found something and keep nothing of them.
update label_texts
set problem = found.problem, stored = null
from
    (
        select text_found.column_name, text_found.value, min(numbers.problem) as problem
        from text_found
        join (select unnest($rules) as rule, unnest($problems) as problem) as numbers on numbers.rule = text_found.rule
        where text_found.table_name = $table
        group by text_found.column_name, text_found.value
    ) as found
where label_texts.column_name = found.column_name and label_texts.value = found.value
;
