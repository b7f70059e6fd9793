-- How an incoming cell of text becomes a typed value; NULL where it does not. Nothing is guessed.
-- Blanks of every kind, around a cell and in place of one: tabs, line ends, and those of Unicode.
create or replace temp macro trimmed(cell) as
    trim(
        cell,
        ' '
        || chr(9)
        || chr(10)
        || chr(11)
        || chr(12)
        || chr(13)
        || chr(28)
        || chr(29)
        || chr(30)
        || chr(31)
        || chr(133)
        || chr(160)
        || chr(5760)
        || chr(8192)
        || chr(8193)
        || chr(8194)
        || chr(8195)
        || chr(8196)
        || chr(8197)
        || chr(8198)
        || chr(8199)
        || chr(8200)
        || chr(8201)
        || chr(8202)
        || chr(8232)
        || chr(8233)
        || chr(8239)
        || chr(8287)
        || chr(12288)
    )
;

create or replace temp macro is_blank(cell) as
    case when cell > '!' and cell < chr(127) then false else cell is null or trimmed(cell) = '' end
;

-- ASCII identifiers only (NULL for others): lower case, blanks trimmed and collapsed as Python's str.split does.
create or replace temp macro ascii_normal_form(cell) as
    case
        when not cell glob '*[!!-~]*'
        then nullif(lower(cell), '')
        when length(cell) <> strlen(cell)
        then null
        else nullif(trim(regexp_replace(lower(cell), '[\s\x0b\x1c-\x1f]+', ' ', 'g')), '')
    end
;

-- HMAC-SHA256 (RFC 2104) with the padded sub-keys bound as parameters; its first 128 bits.
create or replace temp macro keyed_code(inner_key, outer_key, message) as
    cast(unhex(left(sha256(outer_key || unhex(sha256(inner_key || encode(message)))), 32)) as uuid)
;

-- SHA-256 of a sub-key and an identifier of rows; its first 128 bits.
create or replace temp macro row_code(sub_key, message) as
    cast(unhex(left(sha256(sub_key || encode(message)), 32)) as uuid)
;

-- Whichever of the two the keys are for: rows have one key.
create or replace temp macro code_of(first_key, second_key, message) as
    case when second_key is null then row_code(first_key, message) else keyed_code(first_key, second_key, message) end
;

-- ISO dates and ISO timestamps from 1900 to 2099, of which the date as written counts.
create or replace temp macro read_date(cell) as
    case
        when cell glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' and cell between '1900' and '2100'
        then try_cast(cell as date)
        when
            regexp_full_match(
                trimmed(cell),
                '(19|20)\d{2}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?'
            )
        then try_cast(left(trimmed(cell), 10) as date)
    end
;

-- A cast also reads digits with a line between them, and no blank but those of ASCII around them.
create or replace temp macro read_double(cell) as
    try_cast(
        case when contains(cell, '_') then null when length(cell) <> strlen(cell) then trimmed(cell) else cell end
        as double
    )
;

create or replace temp macro read_number(cell) as
    case when isfinite(read_double(cell)) then read_double(cell) end
;

-- Whole numbers, also written 5.0; a fraction is not rounded.
create or replace temp macro read_integer(cell) as
    case
        when abs(read_double(cell)) < 1000000000 and floor(read_double(cell)) = read_double(cell)
        then cast(read_double(cell) as integer)
    end
;

create or replace temp macro read_flag(cell) as
    case
        when cell in ('true', '1')
        then true
        when cell in ('false', '0')
        then false
        when lower(trimmed(cell)) in ('true', '1', 'yes')
        then true
        when lower(trimmed(cell)) in ('false', '0', 'no')
        then false
    end
;

create or replace temp macro normal_category(cell) as
    nullif(replace(replace(lower(trimmed(cell)), ' ', '_'), '-', '_'), '')
;

-- ZIP+4, ZIP or its first three digits.
create or replace temp macro read_zip3(cell) as
    nullif(regexp_extract(trimmed(cell), '^(\d{3})(\d{2}(-?\d{4})?)?$', 1), '')
;

create or replace temp macro age_band(years) as
    case
        when years < 0
        then null
        when years < 18
        then '<18'
        when years < 25
        then '18-24'
        when years < 35
        then '25-34'
        when years < 45
        then '35-44'
        when years < 55
        then '45-54'
        when years < 65
        then '55-64'
        when years < 75
        then '65-74'
        when years < 90
        then '75-89'
        when years >= 90
        then '90+'
    end

;

-- A cheap look, before the detectors: could this identifier be an e-mail address or a social security number? One that
-- could not is in its normal form but for capitals.
create or replace temp macro may_be_identifier(cell) as
    cell glob '*[!+-9A-Z_a-z]*' or (strlen(cell) > 10 and (cell like '%-__-____%' or cell like '%.__.____%'))
