"""Mappings: a small table in, a small table out; what is wrong with a mapping is named by file and key."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import duckdb
import pytest

from pipelines import map as mapping_step
from pipelines import read, schema, warehouse
from pipelines.faults import InputFault
from pipelines.mapping_file import packaged_names, read_mapping

HEAD = '[mapping]\nid = "test"\nlabel = "Test"\n'
SITES = "site_id,site_code\nS1,Ashgrove\n"
PEOPLE = "participant_id,age,gender\nP-1,30,woman\nP-2,41,man\n"
EPISODES = "episode_id,participant_id,site_id,enrolled_date,extract_date\nE-1,P-1,S1,2024-01-03,2024-12-31\n"


def folder_of(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "export"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def mapping_of(tmp_path: Path, text: str, **sql: str) -> Path:
    for name, select in sql.items():
        (tmp_path / f"{name}.sql").write_text(dedent(select))
    path = tmp_path / "ours.toml"
    path.write_text(HEAD + dedent(text))
    return path


def mapped(
    source: Path, mapping: str | Path | None = None
) -> tuple[mapping_step.MappedTables, duckdb.DuckDBPyConnection]:
    connection = warehouse.memory_connection()
    return mapping_step.apply(connection, mapping, read.stage(connection, source)), connection


def raw(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    return connection.table(f"raw_{table}").order("row_no").fetchall()


def faults_of(source: Path, mapping: Path | str | None = None) -> list[str]:
    with pytest.raises(InputFault) as raised:
        mapped(source, mapping)
    assert all(fault.remedy for fault in raised.value.faults)
    return [f"{fault.where}: {fault.rule}" for fault in raised.value.faults]


def test_canonical_files_pass_through_with_unknown_columns_left_behind(tmp_path: Path) -> None:
    people = "first_name,PARTICIPANT_ID,age,notes,gender\nAda,P-1,30,secret,woman\nBea,P-2,,secret,man\n"
    result, connection = mapped(folder_of(tmp_path, sites=SITES, participants=people, episodes=EPISODES))
    by_name = {table.name: table for table in result.tables}
    assert raw(connection, "participants") == [(2, "P-1", "30", "woman"), (3, "P-2", None, "man")]
    assert by_name["participants"].columns == ("participant_id", "age", "gender")
    assert by_name["participants"].dropped == (1, 4)
    assert {table.name: table.rows for table in result.tables} == {"sites": 1, "participants": 2, "episodes": 1}
    assert by_name["sites"].sha256 == read.versions.sha256(tmp_path / "export" / "sites.csv")
    assert connection.table("raw_participants").columns[0] == "row_no"


def test_canonical_covers_every_table_an_organisation_fills() -> None:
    assert {rule.table for rule in read_mapping("canonical").tables} == {t.name for t in schema.loaded_tables()}
    assert {"canonical", "ctn0094"} <= set(packaged_names())


def test_files_no_rule_reads_are_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, sites=SITES, participants=PEOPLE, episodes=EPISODES, budget="a,b\n1,2\n")
    result, _ = mapped(folder)
    assert result.unused == ("budget.csv",)


def test_a_missing_file_and_a_missing_column_are_named(tmp_path: Path) -> None:
    assert faults_of(folder_of(tmp_path, participants=PEOPLE)) == [
        "sites.csv: is missing: the mapping canonical needs a file of this name",
        "episodes.csv: is missing: the mapping canonical needs a file of this name",
    ]
    without = folder_of(tmp_path, sites="site_code\nA\n", episodes=EPISODES.replace("enrolled_date", "start"))
    assert faults_of(without) == [
        "sites.csv: has no column site_id, which sites needs",
        "episodes.csv: has no column enrolled_date, which episodes needs",
    ]


EVERY_RULE = """
    [settings]
    contact_types = ["other"]
    [dataset]
    title = "Our records"
    demonstration = true
    [tables.engagement_events]
    from = "contacts"
    where = { trial = ["51", "52"] }
    [tables.engagement_events.columns]
    event_id = "Number"
    episode_id = { from = "who" }
    date = { from = "day", day_origin = "2014-01-01" }
    type = { from = "what", values = { C = "call_reached", V = "center_visit" }, other = "other", empty = "text" }
    initiated_by = { constant = "it's us" }
"""
CONTACTS = """\
number,who,day,what,trial
1,E-1,0,C, 51
2,E-1,-3, V ,51
3,E-1,10.0,odd,52
4,E-1,3.5,,51
5,E-1,soon,C,51
6,E-1,,C,51
7,E-1,1,C,30
"""


def test_every_rule_of_the_grammar(tmp_path: Path) -> None:
    result, connection = mapped(folder_of(tmp_path, contacts=CONTACTS), mapping_of(tmp_path, EVERY_RULE))
    assert raw(connection, "engagement_events") == [
        (2, "1", "E-1", "2014-01-01", "call_reached", "it's us"),
        (3, "2", "E-1", "2013-12-29", "center_visit", "it's us"),
        (4, "3", "E-1", "2014-01-11", "other", "it's us"),
        (5, "4", "E-1", "3.5", "text", "it's us"),
        (6, "5", "E-1", "soon", "call_reached", "it's us"),
        (7, "6", "E-1", None, "call_reached", "it's us"),
    ]
    assert result.contact_types == ("other",)
    assert result.dataset == {"title": "Our records", "demonstration": "true"}
    assert result.tables[0].rows == 6


def test_views_build_on_files_and_on_each_other(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
        [views.people]
        sql = "people.sql"
        needs = ["intake"]
        [views.grown]
        sql = "grown.sql"
        needs = ["people", "ages"]
        [tables.participants]
        from = "grown"
        [tables.sites]
        from = "intake"
        columns = { site_id = { constant = "S1" } }
        """,
        people="SELECT row_no, upper(who) AS who FROM source_intake;",
        grown="SELECT who AS participant_id, age::INTEGER + 1 AS age FROM view_people JOIN source_ages USING (who)",
    )
    folder = folder_of(tmp_path, intake="who\np-1\np-2\n", ages="who,age\nP-1,30\nP-2,40\n")
    result, connection = mapped(folder, mapping)
    rows = connection.execute("SELECT participant_id, age, typeof(age) FROM raw_participants ORDER BY 1").fetchall()
    assert rows == [("P-1", "31", "VARCHAR"), ("P-2", "41", "VARCHAR")]
    assert {number for number, *_ in raw(connection, "participants")} == {1, 2}
    assert result.tables[0].file == "grown.sql (intake.csv, ages.csv)"
    assert result.unused == ()
    assert raw(connection, "sites") == [(2, "S1"), (3, "S1")]


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("SELECT * FROM read_csv('/etc/passwd')", "fails on a value|cannot be run"),
        ("SELECT * FROM '/etc/passwd'", "cannot be run|fails on a value"),
        ("COPY (SELECT 1) TO '/tmp/leak.csv'", "is not one SELECT"),
        ("SELECT 1; SELECT 2", "is not one SELECT"),
        ("SELECT 1; SET enable_external_access = true", "is not one SELECT"),
        ("DROP TABLE text_contacts", "is not one SELECT"),
        ("", "is not one SELECT"),
        ("SELECT nothing FROM source_contacts", "cannot be run"),
        ("SELECT who FROM source_missing", "cannot be run"),
        ("SELECT ) FROM", "cannot be run"),
        ("SELECT who::INTEGER AS event_id FROM source_contacts", "fails on a value in the files"),
    ],
)
def test_sql_of_a_mapping_can_read_its_files_and_nothing_else(tmp_path: Path, sql: str, rule: str) -> None:
    mapping = mapping_of(
        tmp_path,
        """
        [views.odd]
        sql = "odd.sql"
        needs = ["contacts"]
        [tables.sites]
        from = "odd"
        """,
        odd=sql,
    )
    (found,) = faults_of(folder_of(tmp_path, contacts=CONTACTS.replace("E-1", "Zanzibar")), mapping)
    assert found.startswith("odd.sql: ")
    assert any(part in found for part in rule.split("|"))
    assert "Zanzibar" not in found


def test_names_and_texts_cannot_break_out_of_the_sql(tmp_path: Path) -> None:
    odd = 'x" FROM source_contacts; DROP TABLE text_contacts; --'
    folder = folder_of(tmp_path, contacts='"' + odd.replace('"', '""') + "\",b\nit's; DROP,2\n")
    mapping = mapping_of(
        tmp_path,
        f"""
        [tables.sites]
        from = "contacts"
        where = {{ b = ["2", "2' OR '1'='1"] }}
        [tables.sites.columns]
        site_id = '{odd}'
        site_code = {{ from = "b", values = {{ "2" = "'); DROP TABLE text_contacts; --" }} }}
        """,
    )
    _, connection = mapped(folder, mapping)
    assert raw(connection, "sites") == [(2, "it's; DROP", "'); DROP TABLE text_contacts; --")]


WRONG = {
    "no TOML": ("[tables", "ours.toml: is not TOML"),
    "unknown section": ("[extra]\n", "ours.toml, extra: is not a key of the grammar"),
    "unknown table": ('[tables.people]\nfrom = "p"', "ours.toml, tables.people: is no canonical table"),
    "unknown key": (
        '[tables.sites]\nfrom = "p"\nsource = "q"',
        "ours.toml, tables.sites.source: is not a key of the grammar",
    ),
    "unknown column": (
        '[tables.sites]\nfrom = "p"\ncolumns = { site_id = "a", colour = "b" }',
        "ours.toml, tables.sites.columns.colour: is not a key of the grammar",
    ),
    "required column": (
        '[tables.sites]\nfrom = "p"\ncolumns = { site_code = "a" }',
        "ours.toml, tables.sites.columns: site_id is required and not mapped",
    ),
    "from and constant": (
        '[tables.sites]\nfrom = "p"\ncolumns = { site_id = { from = "a", constant = "b" } }',
        "ours.toml, tables.sites.columns.site_id: needs either from, join or constant",
    ),
    "other alone": (
        '[tables.sites]\nfrom = "p"\ncolumns = { site_id = { from = "a", other = "b" } }',
        "ours.toml, tables.sites.columns.site_id: other needs values",
    ),
    "bad date": (
        '[tables.sites]\nfrom = "p"\ncolumns = { site_id = { from = "a", day_origin = "1.2.2014" } }',
        "ours.toml, tables.sites.columns.site_id.day_origin: is not a date",
    ),
    "bad values": (
        '[tables.sites]\nfrom = "p"\ncolumns = { site_id = { from = "a", values = { x = 1 } } }',
        "ours.toml, tables.sites.columns.site_id.values: is not a set of texts",
    ),
    "no from": ("[tables.sites]\n", "ours.toml, tables.sites.from: is missing or not a text"),
    "bad where": (
        '[tables.sites]\nfrom = "p"\nwhere = { a = "b" }',
        "ours.toml, tables.sites.where.a: is not a list of texts",
    ),
    "missing SQL": (
        '[views.v]\nsql = "gone.sql"\nneeds = []\n[tables.sites]\nfrom = "v"',
        "ours.toml, views.v.sql: is no .sql file beside the mapping",
    ),
    "SQL elsewhere": (
        '[views.v]\nsql = "../x.sql"\nneeds = []\n[tables.sites]\nfrom = "v"',
        "ours.toml, views.v.sql: is no .sql file beside the mapping",
    ),
    "event type": (
        '[settings]\ncontact_types = ["tea"]\n[tables.sites]\nfrom = "p"',
        "ours.toml, settings.contact_types: tea is no event type",
    ),
    "demonstration": (
        '[dataset]\ndemonstration = "yes"\n[tables.sites]\nfrom = "p"',
        "ours.toml, dataset.demonstration: is neither true nor false",
    ),
    "no tables": ("", "ours.toml, tables: fills no table"),
    "instruments": (
        'instruments = "gone"\n[tables.sites]\nfrom = "p"',
        "ours.toml, mapping.instruments: is no folder beside the mapping",
    ),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_mapping_is_named_by_file_and_key(tmp_path: Path, case: str) -> None:
    text, expected = WRONG[case]
    found = faults_of(folder_of(tmp_path, p="a,b\n1,2\n"), mapping_of(tmp_path, text))
    assert any(line.startswith(expected) for line in found), found


def test_a_mapping_may_say_only_what_differs_from_another(tmp_path: Path) -> None:
    (tmp_path / "first.toml").write_text(HEAD + dedent(EVERY_RULE))
    extending = """
        extends = "first"
        [tables.engagement_events]
        where = { trial = ["30"] }
        [tables.engagement_events.columns]
        initiated_by = { constant = "coach" }
    """
    result, connection = mapped(folder_of(tmp_path, contacts=CONTACTS), mapping_of(tmp_path, extending))
    assert raw(connection, "engagement_events") == [(8, "7", "E-1", "2014-01-02", "call_reached", "coach")]
    assert result.contact_types == ("other",)


def test_a_mapping_that_extends_nothing_or_a_chain_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, p="a,b\n1,2\n")
    assert faults_of(folder, mapping_of(tmp_path, 'extends = "gone"'))[0].startswith("gone: is neither a mapping")
    (tmp_path / "middle.toml").write_text(HEAD + 'extends = "canonical"')
    chained = faults_of(folder, mapping_of(tmp_path, 'extends = "middle"'))
    assert chained == ["ours.toml, mapping.extends: middle.toml extends another itself"]


def test_an_unknown_mapping_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r"neither a mapping.*canonical"):
        mapped(folder_of(tmp_path, sites=SITES), "redcup")


FORMS = """
    [settings]
    missing = ["-7", "N/A"]
    [[tables.sessions]]
    from = "visits"
    where = { repeat = [""] }
    [tables.sessions.columns]
    session_id = { join = ["who", "event", "repeat"], between = "/" }
    episode_id = "who"
    occurred_date = { from = "day", dates = ["excel", "month/day/year", "day month year"] }
    status = { from = "came", values = { y = "attended" }, other = "unknown", empty = "unknown" }
    minutes = { from = "hours", times = 60 }
    mode = { from = "absent", optional = true }
    [[tables.sessions]]
    from = "weeks"
    [tables.sessions.columns]
    session_id = { join = ["who", "week"] }
    episode_id = "who"
    occurred_date = "date"
    status = { from = "mark", values = { x = "attended", n = "no_show" }, other = "unknown" }
    [views.weeks]
    unpivot = "grid"
    columns = "Wk{n}"
    count = 3
    number = "week"
    value = "mark"
    date = "date"
    start = { from = "start", dates = "day.month.year" }
"""
VISITS = """\
who,event,repeat,day,came,hours
A,intake,,45292,y,0.5
A,intake,1,45292,y,1
B,intake,,1/31/2024 9:30 AM,-7,N/A
C,,,5 March 2024,n,two
D,x,,2024-02-03,y,1.25
E,x,,31/1/24,y,
"""
GRID = """\
who,start,Wk1,Wk2,wk3
A,01.02.2024,x,,n
B,soon, ,x,
"""


def test_rows_of_several_rules_joined_keys_dates_numbers_and_turned_columns(tmp_path: Path) -> None:
    _, connection = mapped(folder_of(tmp_path, visits=VISITS, grid=GRID), mapping_of(tmp_path, FORMS))
    rows = connection.sql(
        "select session_id, episode_id, occurred_date, status, minutes, mode from raw_sessions order by row_no"
    ).fetchall()
    assert rows == [
        ("A/intake", "A", "2024-01-01", "attended", "30.0", None),
        ("B/intake", "B", "2024-01-31", "unknown", None, None),
        ("C", "C", "2024-03-05", "unknown", "two", None),
        ("D/x", "D", "2024-02-03", "attended", "75.0", None),
        ("E/x", "E", "31/1/24", "attended", None, None),
        ("A-1", "A", "2024-02-01", "attended", None, None),
        ("A-3", "A", "2024-02-15", "no_show", None, None),
        ("B-2", "B", None, "attended", None, None),
    ]
    lines = connection.sql("select row_no, file, line from row_lines order by row_no").fetchall()
    visits = [(place, "visits.csv", line) for place, line in enumerate((2, 4, 5, 6, 7), 1)]
    assert lines == [*visits, (6, "grid.csv", 2), (7, "grid.csv", 2), (8, "grid.csv", 3)]


ITEMS = """
    [[tables.assessments]]
    from = "intake"
    filled = ["gse_1", "gse_2", "gse_3"]
    [tables.assessments.columns]
    assessment_id = { join = ["who", "event"] }
    episode_id = "who"
    instrument_id = { constant = "gse_10" }
    rater = { constant = "participant" }
    date = "day"
    wave = { constant = "intake" }
    status = { constant = "complete" }
    [tables.assessments.items]
    columns = "gse_{n}"
    count = 3
    add = 1
    missing = ["-7"]
"""
INTAKE = "who,event,day,gse_1,gse_2,gse_3\nA,i,2024-01-01,0,3,-7\nB,i,2024-01-02,,,\nC,i,2024-01-03,,1,x\n"


def test_answers_that_stand_in_one_row_fill_the_items_of_its_assessment(tmp_path: Path) -> None:
    result, connection = mapped(folder_of(tmp_path, intake=INTAKE), mapping_of(tmp_path, ITEMS))
    assert connection.sql("select assessment_id from raw_assessments order by row_no").fetchall() == [
        ("A-i",),
        ("C-i",),
    ]
    items = connection.sql("select assessment_id, item_no, value from raw_assessment_items order by row_no").fetchall()
    assert items == [("A-i", "1", "1.0"), ("A-i", "2", "4.0"), ("C-i", "2", "2.0"), ("C-i", "3", "x")]
    assert {table.name: table.rows for table in result.tables} == {"assessments": 2, "assessment_items": 4}
    assert connection.sql("select distinct line from row_lines order by all").fetchall() == [(2,), (4,)]


KEYED = """
    [settings]
    extract_date = "2026-06-30"
    [tables.sites]
    from = "visits"
    where = { event = ["intake", "x"] }
    [tables.sites.columns]
    site_id = { join = ["who", "repeat"], prefix = "at/" }
    site_code = { join = ["who", "repeat"], prefix = "at/", whole = true }
    region = { setting = "extract_date" }
"""


def test_keys_with_a_prefix_or_blank_unless_whole_and_the_day_of_the_export(tmp_path: Path) -> None:
    _, connection = mapped(folder_of(tmp_path, visits=VISITS), mapping_of(tmp_path, KEYED))
    assert raw(connection, "sites") == [
        (2, "at/A", None, "2026-06-30"),
        (3, "at/A-1", "at/A-1", "2026-06-30"),
        (4, "at/B", None, "2026-06-30"),
        (6, "at/D", None, "2026-06-30"),
        (7, "at/E", None, "2026-06-30"),
    ]


def test_a_day_of_the_export_that_is_not_given_is_asked_for_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, visits=VISITS)
    text = KEYED.replace("extract_date = ", "missing = []\n#", 1)
    found = faults_of(folder, mapping_of(tmp_path, text + '    setting = { setting = "extract_date" }'))
    assert found == ["ours.toml, settings.extract_date: is not said"]
    extending = 'extends = "first"\n[settings]\nextract_date = "2026-07-31"'
    (tmp_path / "first.toml").write_text(HEAD + dedent(text))
    _, connection = mapped(folder, mapping_of(tmp_path, extending))
    assert raw(connection, "sites")[0][3] == "2026-07-31"


REFUSED = {
    "a setting nobody knows": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.columns]\nsite_id = { setting = "today" }',
        "tables.sites.columns.site_id.setting: is no setting a cell can take",
    ),
    "values of joined columns": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.columns]\nsite_id = { join = ["a", "b"], values = { x = "y" } }',
        "tables.sites.columns.site_id: joined columns are not rewritten",
    ),
    "a prefix without join": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.columns]\nsite_id = { from = "a", prefix = "x" }',
        "tables.sites.columns.site_id: prefix needs join",
    ),
    "a form nobody knows": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.columns]\nsite_id = { from = "a", dates = "us" }',
        "tables.sites.columns.site_id.dates: is no form of a date",
    ),
    "two ways to read": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.columns]\nsite_id = { from = "a", dates = "excel", add = 1 }',
        "tables.sites.columns.site_id: dates and times or add exclude each other",
    ),
    "between without join": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.columns]\nsite_id = { from = "a", between = "/" }',
        "tables.sites.columns.site_id: between needs join",
    ),
    "a second rule": (
        '[[tables.sites]]\nfrom = "p"\n[[tables.sites]]\nfrom = "p"\ncolour = "red"',
        "tables.sites, rule 2.colour: is not a key of the grammar",
    ),
    "a run without a count": (
        '[views.w]\nunpivot = "p"\ncolumns = "Wk{n}"\n[tables.sites]\nfrom = "p"',
        "views.w.columns: names no columns",
    ),
    "items elsewhere": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.items]\ncolumns = ["a"]',
        "tables.sites.items: belongs to assessments with columns",
    ),
    "a word for a number": (
        '[tables.sites]\nfrom = "p"\n[tables.sites.columns]\nsite_id = { from = "a", times = "ten" }',
        "tables.sites.columns.site_id.times: is not a number",
    ),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_rules_that_cannot_be_meant_are_named(tmp_path: Path, case: str) -> None:
    text, expected = REFUSED[case]
    found = faults_of(folder_of(tmp_path, p="a,b\n1,2\n"), mapping_of(tmp_path, text))
    assert f"ours.toml, {expected}" in found


def test_a_column_to_turn_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = '[views.w]\nunpivot = "p"\ncolumns = ["a", "c"]\n[tables.sites]\nfrom = "w"'
    assert faults_of(folder_of(tmp_path, p="a,b\n1,2\n"), mapping_of(tmp_path, text)) == ["p.csv: has no column c"]


def test_of_rows_with_the_same_key_the_first_counts(tmp_path: Path) -> None:
    visits = "client,age,day\nP-1,30,1\nP-2,41,1\n P-1 ,31,2\nP-2,,3\n,50,4\n,51,5\n"
    mapping = mapping_of(
        tmp_path,
        """
        [tables.participants]
        from = "visits"
        first_per_key = true
        columns = { participant_id = "client", age = "age" }
        """,
    )
    result, connection = mapped(folder_of(tmp_path, visits=visits), mapping)
    assert raw(connection, "participants") == [(2, "P-1", "30"), (3, "P-2", "41"), (6, None, "50"), (7, None, "51")]
    assert result.tables[0].rows == 4


def test_a_column_that_one_of_several_tables_reads_is_not_left_behind(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
        [tables.participants]
        from = "intake"
        columns = { participant_id = "client", age = "age" }
        [tables.sites]
        from = "intake"
        first_per_key = true
        columns = { site_id = "office" }
        """,
    )
    result, _ = mapped(folder_of(tmp_path, intake="client,name,age,office,note\nP-1,Ada,30,S1,x\n"), mapping)
    assert [(table.name, table.dropped) for table in result.tables] == [("participants", (2, 5)), ("sites", ())]
