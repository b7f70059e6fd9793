-- the rows of the export, and beside each its episode (record and arm) and the person's race in one word
select
    *,
    record_id || '-' || coalesce(nullif(regexp_extract(redcap_event_name, 'arm_[0-9]+$'), ''), 'arm_1') as episode,
    case
        list_sum(
            [
                cast(box = '1' as integer)
                for box in [race___1, race___2, race___3, race___4, race___5, race___6]
                if box is not null
            ]
        )
        when 1
        then
            case
                when race___1 = '1'
                then 'asian'
                when race___2 = '1'
                then 'black'
                when race___3 = '1'
                then 'hispanic'
                when race___4 = '1'
                then 'indigenous'
                when race___5 = '1'
                then 'white'
                when race___6 = '1'
                then 'another'
            end
        when 0
        then 'unknown'
        else 'multiracial'
    end as race_in_one_word
from source_redcap
