-- One row per rule that kept a row of an earlier batch out, unless the row came again with this batch.
create or replace temp table still_kept_out as
select *
from earlier.main.quarantine as kept_out
where not exists (
    select 1
    from came_again
    where came_again.table_name = kept_out.table_name and came_again.row_code = kept_out.row_code
)
