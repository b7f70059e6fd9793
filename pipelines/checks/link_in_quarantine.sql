-- id: link_in_quarantine
-- table: every
-- severity: warn
-- sentence: The coach or session that a row names was kept out; the row was stored without it.
-- remedy: Repair the row of the coach or session.
select table_name, row_no, column_name from orphaned_rows where not is_required
