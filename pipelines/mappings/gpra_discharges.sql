-- one row per discharge: completed, or ended with the reason in two digits, in one word
select
    *,
    case
        when ltrim(trim(dischargestatuscompl), '0') = '1'
        then 'completed'
        when ltrim(trim(dischargestatuscompl), '0') = '2'
        then 'ended ' || lpad(trim(dischargestatustermreason), 2, '0')
        else 'status ' || trim(dischargestatuscompl)
    end as way_out,
    case
        when ltrim(trim(dischargestatuscompl), '0') = '1'
        then trim(dischargestatuscompl)
        else trim(dischargestatuscompl) || '/' || trim(dischargestatustermreason)
    end as code
from view_rows
where trim(interviewtypecode) = '5'
