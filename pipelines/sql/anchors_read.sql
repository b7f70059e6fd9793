-- One row per episode of the current records: the date of its day 0.
create or replace temp table anchors as
select episode_id, first_contact_date
from
    read_csv(
        $file,
        delim = ',',
        header = true,
        auto_detect = false,
        columns = {'episode_id': 'uuid', 'first_contact_date': 'date'}
    )
