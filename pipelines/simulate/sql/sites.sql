-- One row per site of a simulated program, in incoming columns.
select format('SITE-{:02d}', site) as site_id, site_code, region, setting from compact_sites
