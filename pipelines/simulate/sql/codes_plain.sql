-- Identifiers as plain numbers, for programs of a size at which text would be most of the work.
create temp macro lettered(letter, number, width) as number
