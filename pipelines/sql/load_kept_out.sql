-- One row: the number of rows of the files of one table that were kept out, and of rows stored before.
select count(distinct row_no) filter (where row_no > 0), count(distinct row_no) filter (where row_no < 1)
from quarantined
where table_name = $table
