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
        try_strptime(left(trim(client.dateofbirth), 10), '%m/%d/%Y'),
        try_strptime(left(trim(admission.admissiondate), 10), '%m/%d/%Y')
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
