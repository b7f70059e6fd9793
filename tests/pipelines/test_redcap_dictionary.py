"""The data dictionary beside a REDCap export: what it takes away is gone, for columns, for SQL and for the disk."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from pipelines import map as mapping_step
from pipelines import read, redcap_dictionary, warehouse
from pipelines.faults import InputFault
from tests.pipelines.exporters import redcap
from tests.pipelines.exporters.sample_people import write_file

EXPORT = """\
record_id,redcap_event_name,given_name,mail,site,came,mood___1,mood____2,q1,q2,told,redcap_survey_identifier
1,intake_arm_1,Zanzibar,z@example.org,north,1,1,0,3,1,free words,z@example.org
2,intake_arm_1,Quist,,north,0,0,1,2,,,
"""
FIELDS = {
    "record_id": {"Field Type": "text", "Identifier?": "y"},
    "given_name": {"Field Type": "text", "Identifier?": "Y"},
    "mail": {"Field Type": "text", "Text Validation Type OR Show Slider Number": "email"},
    "site": {"Field Type": "text"},
    "came": {"Field Type": "yesno"},
    "mood": {"Field Type": "checkbox", "Choices, Calculations, OR Slider Labels": "1, Good | -2, Bad, or worse"},
    "q1": {
        "Field Type": "radio",
        "Choices, Calculations, OR Slider Labels": "0, No | 3, Yes",
        "Matrix Group Name": "q",
    },
    "q2": {
        "Field Type": "radio",
        "Choices, Calculations, OR Slider Labels": "0,No|3,<b>Yes</b>",
        "Matrix Group Name": "q",
    },
    "told": {"Field Type": "notes", "Matrix Group Name": "q"},
}
MAPPING = '[mapping]\nid = "test"\nlabel = "Test"\n'


def folder_of(tmp_path: Path, export: str = EXPORT, *, api: bool = False, **fields: dict[str, str]) -> Path:
    folder = tmp_path / "export"
    folder.mkdir(exist_ok=True)
    (folder / "data.csv").write_text(export)
    named = {"Form Name": "intake", "Field Label": redcap.WORDING, "Section Header": redcap.WORDING}
    first = redcap.DICTIONARY_HEADINGS[0]
    rows = [{first: name, **named, **cells} for name, cells in {**FIELDS, **fields}.items()]
    headings = list(redcap.DICTIONARY_HEADINGS)
    if api:
        theirs = {"Variable / Field Name": "field_name", "Identifier?": "identifier"}
        theirs |= {"Choices, Calculations, OR Slider Labels": "select_choices_or_calculations"}
        theirs |= {name: name.lower().replace(" ", "_") for name in headings if name not in theirs}
        theirs["Text Validation Type OR Show Slider Number"] = "text_validation_type_or_show_slider_number"
        rows = [{theirs[name]: text for name, text in row.items()} for row in rows]
        headings = [theirs[name] for name in headings]
    write_file(folder / "anything at all.csv", headings, rows)
    return folder


def withheld(folder: Path) -> tuple[duckdb.DuckDBPyConnection, list[read.SourceFile]]:
    connection = warehouse.memory_connection()
    return connection, redcap_dictionary.withhold(connection, read.stage(connection, folder))


def faults_of(folder: Path, mapping: Path | None = None) -> list[tuple[str, str, str]]:
    def map_what_is_left() -> None:
        connection, files = withheld(folder)
        mapping_step.apply(connection, mapping, files)

    with pytest.raises(InputFault) as raised:
        map_what_is_left()
    return [(fault.where, fault.rule, fault.remedy) for fault in raised.value.faults]


@pytest.mark.parametrize("api", [False, True])
def test_identifiers_and_free_text_are_gone_from_everything_that_was_staged(tmp_path: Path, api: bool) -> None:
    connection, (file,) = withheld(folder_of(tmp_path, api=api))
    assert file.columns == ("record_id", "redcap_event_name", "site", "came", "mood___1", "mood____2", "q1", "q2")
    assert set(file.withheld) == {"given_name", "mail", "told", "redcap_survey_identifier"}
    assert file.withheld["mail"] == "text checked as an e-mail address"
    relations = [name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()]
    views = [name for (name,) in connection.sql("select view_name from duckdb_views() where not internal").fetchall()]
    assert (relations, views) == (["text_data"], ["source_data"])
    staged = str(connection.sql("select * from text_data").fetchall()) + str(connection.table("source_data").fetchall())
    assert not [word for word in ("Zanzibar", "example.org", "free words", redcap.WORDING) if word in staged]
    assert connection.sql("select row_no, record_id, q1 from source_data").fetchall() == [(2, "1", "3"), (3, "2", "2")]


def test_matrix_groups_and_value_sets_are_told_without_any_wording(tmp_path: Path) -> None:
    connection = warehouse.memory_connection()
    (found,) = redcap_dictionary.find(connection, read.stage(connection, folder_of(tmp_path)))
    assert found.matrix_groups == (redcap_dictionary.MatrixGroup("q", "intake", ("q1", "q2"), 0.0, 3.0),)
    assert found.value_sets == {"came": ("1", "0"), "mood": ("1", "-2"), "q1": ("0", "3"), "q2": ("0", "3")}
    assert redcap.WORDING not in repr(found)
    assert found.fields[6].choices == found.fields[7].choices == {"0": "no", "3": "yes"}


def test_scales_of_the_example_project_are_proposed_with_their_range(tmp_path: Path) -> None:
    write_file(tmp_path / "d.csv", list(redcap.DICTIONARY_HEADINGS), redcap.dictionary())
    connection = warehouse.memory_connection()
    (found,) = redcap_dictionary.find(connection, read.stage(connection, tmp_path))
    proposed = [(group.name, len(group.items), group.lowest, group.highest) for group in found.matrix_groups]
    assert proposed == [("wai_items", 12, 1, 5), ("gse_items", 10, 1, 4), ("mastery_items", 7, 1, 4)]
    assert set(redcap.SECRETS) < set(found.withheld)
    assert {"session_notes", "contact_notes", "exit_notes", "redcap_survey_identifier"} < set(found.withheld)
    assert len(found.withheld) == len(redcap.SECRETS) + 4


NAMED = {
    "as a column": '[tables.sites]\nfrom = "data"\n[tables.sites.columns]\nsite_id = "Mail"',
    "where it is optional": '[tables.sites]\nfrom = "data"\n[tables.sites.columns]\nsite_id = "site"\n'
    'region = { from = "mail", optional = true }',
    "in a key": '[tables.sites]\nfrom = "data"\n[tables.sites.columns]\nsite_id = { join = ["site", "mail"] }',
    "in a condition": '[tables.sites]\nfrom = "data"\nfilled = ["mail"]\n[tables.sites.columns]\nsite_id = "site"',
    "as a column to turn": '[views.v]\nunpivot = "data"\ncolumns = ["mail", "site"]\n[tables.sites]\nfrom = "v"',
    "in a view": '[views.v]\nsql = "v.sql"\nneeds = ["data"]\n[tables.sites]\nfrom = "v"',
    "from a view": '[views.w]\nsql = "w.sql"\nneeds = ["data"]\n[tables.sites]\nfrom = "w"\n'
    '[tables.sites.columns]\nsite_id = "mail"',
}


@pytest.mark.parametrize("case", NAMED, ids=str)
def test_a_mapping_that_names_what_was_dropped_is_refused(tmp_path: Path, case: str) -> None:
    (tmp_path / "v.sql").write_text("select lower(Mail) as site_id from source_data")
    (tmp_path / "w.sql").write_text("select * from source_data")
    mapping = tmp_path / "ours.toml"
    mapping.write_text(MAPPING + NAMED[case])
    found = faults_of(folder_of(tmp_path), mapping)
    where, rule, remedy = found[0]
    assert where.casefold() in ("data.csv, column mail", "w.sql (data.csv), column mail")
    assert rule == "is text checked as an e-mail address by the data dictionary and was dropped"
    assert remedy.startswith("Take it out of v.sql" if case == "in a view" else "Take it out of ours.toml")
    assert len(found) == 1


def test_what_was_dropped_and_what_no_rule_reads_is_counted(tmp_path: Path) -> None:
    mapping = tmp_path / "ours.toml"
    mapping.write_text(MAPPING + '[tables.sites]\nfrom = "data"\n[tables.sites.columns]\nsite_id = "site"')
    connection, files = withheld(folder_of(tmp_path))
    (table,) = mapping_step.apply(connection, mapping, files).tables
    assert table.dropped == (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)
    assert table.withheld == (3, 4, 11, 12)


LABELS = {
    "a choice": (EXPORT.replace(",3,1,free", ",Yes,1,free"), "data.csv, column q1"),
    "a box": (EXPORT.replace("1,1,0,3", "1,Checked,0,3"), "data.csv, column mood___1"),
    "yes or no": (EXPORT.replace("north,1,", "north, yes ,"), "data.csv, column came"),
    "several": (EXPORT.replace("0,0,1,2", "No,Unchecked,Checked,2"), "data.csv, column came and others"),
}


@pytest.mark.parametrize("case", LABELS, ids=str)
def test_an_export_of_labels_is_refused_with_the_remedy(tmp_path: Path, case: str) -> None:
    text, where = LABELS[case]
    ((found, rule, remedy),) = faults_of(folder_of(tmp_path, text))
    assert found == where
    assert "hold labels instead of codes" in rule
    assert remedy.startswith("Export the raw data from REDCap")


def test_codes_nobody_declared_are_left_to_the_rules_of_the_load(tmp_path: Path) -> None:
    _, (file,) = withheld(folder_of(tmp_path, EXPORT.replace(",3,1,free", ",77,1,free")))
    assert file.rows == 2
    same = {"Field Type": "radio", "Choices, Calculations, OR Slider Labels": "3, 4 | 4, 3"}
    withheld(folder_of(tmp_path, q1=same))


def test_headings_that_are_labels_are_refused(tmp_path: Path) -> None:
    ((where, rule, remedy),) = faults_of(folder_of(tmp_path, EXPORT.replace("record_id", "Record ID")))
    assert where == "anything at all.csv"
    assert rule == "no file beside it has the record id of this data dictionary as a heading"
    assert "raw headings" in remedy


def test_without_a_dictionary_nothing_is_taken_away(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "anything at all.csv").unlink()
    _, (file,) = withheld(folder)
    assert file.columns == tuple(next(csv.reader(EXPORT.splitlines())))
    assert not file.withheld
