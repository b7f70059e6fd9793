-- One row per check and table it looks at.
insert into quality_checks by name
select
    unnest($rules) as rule,
    unnest($tables) as table_name,
    unnest($severities) as severity,
    unnest($results) as result,
    unnest($rows) as row_count,
    unnest($of_rows) as of_rows,
    unnest($shares) as share,
    unnest($limits) as limit_share,
    unnest($sentences) as sentence,
    unnest($remedies) as remedy
