-- One row per answered item, in incoming columns.
select format('A-{:06d}', assessment) as assessment_id, item_no, value from compact_assessment_items
