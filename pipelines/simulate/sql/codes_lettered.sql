-- Identifiers as an organisation writes them: a letter and a number of at least `width` digits.
create temp macro lettered(letter, number, width) as letter
|| lpad(number::varchar, greatest(width, length(number::varchar))::integer, '0')
