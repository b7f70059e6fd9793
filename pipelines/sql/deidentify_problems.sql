-- One row per cell of one table that is not in order, with the rule it breaks.
insert into cell_problems
select $table, troubled_rows.row_no, legend.rule, legend.column_name
from troubled_rows
join
    (
        select
            unnest($shifts) as shift,
            unnest($problems) as problem,
            unnest($rules) as rule,
            unnest($columns) as column_name
    ) as legend
    on (troubled_rows.problems >> legend.shift) & 15 = legend.problem
;
