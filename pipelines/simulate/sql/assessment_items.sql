-- One row per answered item, in incoming columns.
select lettered('A-', assessment, 1) as assessment_id, item_no, value from compact_assessment_items
