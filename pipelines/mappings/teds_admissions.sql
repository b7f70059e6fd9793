-- one row per admission: its number for the client, race or Hispanic origin, employment with its detail
with
    coded as (
        select
            * replace (
                ltrim(trim(race), '0') as race,
                ltrim(trim(ethnic), '0') as ethnic,
                ltrim(trim(employ), '0') as employ,
                ltrim(trim(detnlf), '0') as detnlf
            )
        from source_admission
    ),
    -- the code book of 2006 to 2014 alone has origin 6 and races from 13, those since 2015 alone races 6 to 9
    numbering as (
        select
            bool_or(ethnic = '6' or race in ('13', '20', '21', '23')) is true as older,
            bool_or(race in ('6', '7', '8', '9')) is true as newer
        from coded
    )
select
    coded.*,
    row_number() over (
        partition by trim(providerid), trim(clientid)
        order by
            try_strptime(
                regexp_extract(trim(admissiondate), '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$', 1),
                ['%m/%d/%Y', '%Y-%m-%d']
            ) nulls last,
            row_no
    ) as admission_no,
    case
        when
            ethnic in ('1', '2', '3')
            -- since 2015 4 is not of Hispanic origin and 5 is, before it was the other way round: where the file does
            -- not tell which book it follows, the race is taken
            or (ethnic = '5' and newer and not older)
            or (ethnic in ('4', '6') and older and not newer)
        then 'hispanic'
        else race
    end as race_or_origin,
    case when employ = '4' then '4/' || detnlf else employ end as employ_in_detail
from coded
cross join numbering
