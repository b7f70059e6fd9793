-- one row per trial and masked site: number 16 stands for one site in each trial
select
    min(row_no) as row_no, site as site_id, 'Trial ' || min(trial) || ' site ' || split_part(site, '-', 2) as site_code
from view_people
group by site
