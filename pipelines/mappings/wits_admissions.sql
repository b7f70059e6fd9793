-- one row per admission, and its number for the client
select
    *,
    row_number() over (
        partition by trim(uniqueclientnumber)
        order by try_strptime(left(trim(admissiondate), 10), '%m/%d/%Y') nulls last, row_no
    ) as admission_no
from source_admission
