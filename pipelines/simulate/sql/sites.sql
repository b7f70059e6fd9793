-- One row per site of a simulated program, in incoming columns.
select lettered('SITE-', site, 2) as site_id, site_code, region, setting from compact_sites
