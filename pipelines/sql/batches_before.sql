-- What is known of the batches the records were made of so far, without the rows that came again.
insert into import_log by name
select *
from earlier.main.import_log
;

insert into quarantine by name
select *
from still_kept_out
