-- one row per client: what the first admission says, age in whole years on its day, race or Hispanic origin
select
    client.row_no,
    client.uniqueclientnumber,
    client.gender,
    client.zipcode,
    case
        when trim(coalesce(client.ethnicity, '')) in ('', 'Not of Hispanic Origin', 'Unknown')
        then client.race
        else 'Hispanic'
    end as race_or_origin,
    date_sub(
        'year',
        try_strptime(
            regexp_extract(trim(client.dateofbirth), '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$', 1),
            ['%m/%d/%Y', '%Y-%m-%d']
        ),
        try_strptime(
            regexp_extract(trim(admission.admissiondate), '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$', 1),
            ['%m/%d/%Y', '%Y-%m-%d']
        )
    ) as age_in_years,
    admission.primarysubstance,
    admission.livingarrangement,
    admission.employmentstatus,
    admission.legalstatus,
    admission.medicationassisted,
    admission.prioradmissions
from source_client as client
left join
    view_admissions as admission
    on trim(admission.uniqueclientnumber) = trim(client.uniqueclientnumber)
    and admission.admission_no = 1
