-- One row per identifier that is not ASCII, with its normal form.
create or replace temp table folded_ids (value varchar, normal varchar)
;

-- One row per cell that is not in order; column_name is the heading of the canonical file.
create or replace temp table cell_problems (table_name varchar, row_no bigint, rule varchar, column_name varchar)
;

-- One row per distinct text of a label column; `problem` is the number of what a detector found, else 0.
create or replace temp table label_texts (
    table_name varchar, column_name varchar, value varchar, stored varchar, problem integer, row_count bigint
)
;

-- One row per other spelling of an identifier by which a row names its parent.
create or replace temp table other_spellings (parent varchar, raw_key varchar, code uuid)
;

-- One row per episode with a readable exit; filled when the exits have been read.
create or replace temp table episode_exits (episode_id uuid, episode_exit_day integer, episode_died boolean)
;

-- One row per identifier that names a row of a table without a file.
create or replace temp table named_ids (raw_key varchar)
