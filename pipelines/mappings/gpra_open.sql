-- one row per intake without a discharge: the source says the person is still in
select *
from view_rows as intake
where
    trim(interviewtypecode) = '1'
    and not exists (
        from view_rows as discharge
        where
            trim(discharge.interviewtypecode) = '5'
            and discharge.grantno = intake.grantno
            and discharge.clientid = intake.clientid
            and discharge.intakeseqnum = intake.intakeseqnum
    )
