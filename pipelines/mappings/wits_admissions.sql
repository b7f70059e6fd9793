-- one row per admission, and its number for the client
select
    *,
    row_number() over (
        partition by trim(uniqueclientnumber)
        order by
            try_strptime(
                regexp_extract(trim(admissiondate), '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$', 1),
                ['%m/%d/%Y', '%Y-%m-%d']
            ) nulls last,
            row_no
    ) as admission_no
from source_admission
