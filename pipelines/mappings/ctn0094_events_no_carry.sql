-- one row per dose and per randomisation
select row_no, event_id, who, day, initiated_by, kind from view_events where kind <> 'cover_ends'
