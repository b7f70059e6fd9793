-- the rows of the download, with the heading of the tool before 2023
select *, interviewtype as interviewtypecode from source_gpra
