-- the rows of the download
select * from source_gpra
