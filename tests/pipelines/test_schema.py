"""The declaration of the canonical tables is complete and consistent with itself."""

from __future__ import annotations

import pytest

from pipelines import schema


def test_every_key_and_reference_is_declared() -> None:
    for table in schema.TABLES:
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)), table.name
        assert set(table.key) <= set(names), table.name
        for column in table.columns:
            if column.references:
                parent, name = column.references.split(".")
                assert schema.table(parent).column(name)


def test_identifiers_are_always_coded_and_dates_never_stored() -> None:
    for table in schema.TABLES:
        for column in table.columns:
            assert column.type not in {"DATE", "TIMESTAMP"}, f"{table.name}.{column.name}"
            if column.incoming and column.incoming.endswith("_id") and column.name != "instrument_id":
                assert column.transform == "pseudonym"
                assert column.purpose
            if column.transform == "day":
                assert column.incoming
                assert column.incoming.endswith("date")
                assert column.name.endswith("day")


def test_each_incoming_heading_stands_for_one_column() -> None:
    for table in schema.loaded_tables():
        headings = [column.incoming for column in table.incoming]
        assert len(headings) == len(set(headings)), table.name


def test_every_exit_type_has_a_cause() -> None:
    assert set(schema.EXIT_CAUSE_GROUPS) == set(schema.EXIT_TYPES)
    assert schema.EXIT_CAUSE_GROUPS["completed"] == 2
    assert {kind for kind, cause in schema.EXIT_CAUSE_GROUPS.items() if cause == 4} == {
        "incarcerated",
        "died",
        "hospitalised",
        "moved",
    }


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        schema.table("clients")
    with pytest.raises(KeyError):
        schema.SITES.column("name")


def test_every_column_says_what_it_means() -> None:
    for table in schema.TABLES:
        for column in table.columns:
            assert column.label, f"{table.name}.{column.name}"
            assert column.meaning.endswith("."), f"{table.name}.{column.name}"
