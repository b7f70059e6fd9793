-- one row per admission without a discharge: the source says the person is still in
select *
from source_admission as admission
where
    not exists (
        from source_discharge as discharge
        where
            trim(discharge.providerid) = trim(admission.providerid)
            and trim(discharge.clientid) = trim(admission.clientid)
            and trim(discharge.admissiondate) = trim(admission.admissiondate)
    )
