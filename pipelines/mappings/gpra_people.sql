-- one row per client of a grant, the earliest intake: age in whole years from month and year of birth, race in one word
with
    intakes as (
        select
            *,
            try_strptime(
                regexp_extract(trim(interviewdate), '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$', 1),
                ['%m/%d/%Y', '%Y-%m-%d']
            ) as asked_on,
            try_strptime(
                regexp_extract(trim(dateofbirth), '^(\d{1,2}/(\d{1,2}/)?\d{4}|\d{4}-\d{2}(-\d{2})?)([ T].*)?$', 1),
                ['%m/%Y', '%m/%d/%Y', '%Y-%m', '%Y-%m-%d']
            ) as born_in,
            [
                entry.race
                for entry in [
                    {'race':'black', 'box':raceblack},
                    {'race':'asian', 'box':raceasian},
                    {'race':'another', 'box':racenativehawaiian},
                    {'race':'indigenous', 'box':racealaskanative},
                    {'race':'white', 'box':racewhite},
                    {'race':'indigenous', 'box':raceamericanindian}
                ]
                if trim(entry.box) = '1'
            ] as races
        from view_rows
        where trim(interviewtypecode) = '1'
    )
select
    *,
    cast(floor(date_diff('month', born_in, asked_on) / 12) as integer) as age_in_years,
    case
        when trim(hispaniclatino) = '1'
        then 'hispanic'
        when len(list_distinct(races)) > 1
        then 'multiracial'
        else coalesce(races[1], 'unknown')
    end as race_in_one_word,
    -- housed, and how; else where
    case
        when trim(livingwhere) = '4' then 'housed ' || trim(livinghoused) else 'where ' || trim(livingwhere)
    end as living
from intakes
qualify row_number() over (partition by trim(grantno), trim(clientid) order by asked_on, row_no) = 1
