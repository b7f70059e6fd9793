-- One row per rule and table it looks at.
insert into quality_checks
select
    unnest($rules),
    unnest($tables),
    unnest($severities),
    unnest($rows),
    unnest($shares),
    unnest($sentences),
    unnest($remedies)
