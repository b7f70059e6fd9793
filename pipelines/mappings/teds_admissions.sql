-- one row per admission: its number for the client, race or Hispanic origin, employment with its detail
select
    *,
    row_number() over (
        partition by trim(providerid), trim(clientid)
        order by try_strptime(left(trim(admissiondate), 10), '%m/%d/%Y') nulls last, row_no
    ) as admission_no,
    case when trim(ethnic) in ('1', '2', '3', '5') then 'hispanic' else trim(race) end as race_or_origin,
    case when trim(employ) = '4' then '4/' || trim(detnlf) else trim(employ) end as employ_in_detail
from source_admission
