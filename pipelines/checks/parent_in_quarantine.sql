-- id: parent_in_quarantine
-- table: every
-- severity: error
-- sentence: The row belongs to a row that was kept out.
-- remedy: Repair the row it belongs to; this one then comes in with it.
select table_name, row_no, column_name from orphaned_rows where is_required
