"""Loading own records on the page Your data: every way through the steps, and nobody but managers.

Referees: the records afterwards; a canary in the cells; a process of the public door.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import answers, import_gate, import_steps
from dashboard.ui import uploads
from pipelines import versions, warehouse
from pipelines.faults import Fault
from pipelines.summary import LoadSummary, TableCount
from tests.dashboard.test_views import html_of, text_of
from tests.pipelines.exporters import workbook
from tests.pipelines.exporters.people import canonical_people
from tests.pipelines.test_choices import notes_and_visits
from tests.pipelines.test_intake import OWN, OWN_MAPPING

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> Iterator[AppTest]:
    """The page at the managers' door, before the first load."""
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "manager")
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page("views/your_data.py")
    yield app.run()
    st.cache_resource.clear()


def add(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files])
    return app.run()


def button(app: AppTest, label: str) -> Any:
    return next(each for each in app.button if each.label == label)


def check(app: AppTest) -> AppTest:
    return button(app, "Check the files").click().run()


def use(app: AppTest) -> AppTest:
    app.checkbox[0].check().run()
    return button(app, "Use these records").click().run()


def diary(tmp_path: Path) -> list[tuple[str, bytes]]:
    folder = notes_and_visits(tmp_path / "export")
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def choose(app: AppTest, **targets: str) -> AppTest:
    for heading, target in targets.items():
        for box in app.selectbox:
            if box.label == f"What “{heading}” is":
                box.set_value(target)
    return app.run()


def test_before_the_first_load_the_page_offers_the_first_step_alone(page: AppTest) -> None:
    assert not page.exception
    assert [each.label for each in page.file_uploader] == ["Files with records, up to 200 MB each"]
    said = text_of(page)
    assert "Step 1 of 4" in said
    assert "Step 2 of 4" not in said
    assert "computer that runs this dashboard" in said
    assert "private temporary folder" in said


def test_files_whose_headings_say_nothing_go_all_the_way(page: AppTest, tmp_path: Path, temporary: Path) -> None:
    app = add(page, *diary(tmp_path))
    assert "still needed" in text_of(app)
    assert button(app, "Check the files").disabled
    app = choose(app, Arrived="episodes.enrolled_date", Sort="participants.gender", Tag="sessions.occurred_date")
    app = choose(app, Ref="participant_id", Was="sessions.status", Points="total:srs")
    app.date_input[0].set_value(date(2025, 6, 30))
    app = app.run()
    assert "Everything that is needed is matched." in text_of(app)
    field = next(each for each in app.text_input if each.label == "Attended is written in “Was” as")
    field.set_value("nonsense")
    app = app.run()
    assert "30 cells hold 1 other word." in text_of(app), (
        "every second visit is “ok”; the others are “no”, a word we know"
    )
    field = next(each for each in app.text_input if each.label == "Attended is written in “Was” as")
    field.set_value("OK, nonsense")
    app = app.run()
    assert "30 cells hold 1 other word." not in text_of(app)
    assert "With what you typed below, every word of this column is understood." in text_of(app)
    assert "“nonsense” does not stand in this column" in text_of(app)
    app = check(app)
    said = text_of(app)
    assert "80 rows were read from your files, and 161 records were made of them" in said, (
        "20 people with an enrolment each, 60 visits with a score each, 1 site"
    )
    assert "All of these records can be stored; none is lost." in said
    assert not list(temporary.iterdir())
    app = use(app)
    assert not app.exception
    said = text_of(app)
    assert "Your records are in use" in said
    assert "every page" not in said
    assert "Overview, How it helps, Staying, Trust and confidence and Sites and coaches show these records now" in said
    assert "Report and Get the data stay empty until you build a release with the command recovery-outcomes" in said
    reader = warehouse.open_records(answers.data_home())
    (attended,) = reader.rows("select count(*) from sessions where status = 'attended'")[0]
    facts = dict(reader.rows("select key, value from dataset"))
    reader.close()
    assert (attended, facts["demonstration"]) == (30, "false")
    assert not list(temporary.iterdir())


def test_a_change_after_the_check_asks_for_another(page: AppTest, tmp_path: Path) -> None:
    app = add(page, ("clients.csv", OWN), ("ours.toml", OWN_MAPPING.encode()))
    assert "there is nothing to match" in text_of(app)
    app = check(app)
    assert [each.label for each in app.button if each.label == "Use these records"]
    other = OWN_MAPPING.replace('label = "Ours"', 'label = "Other"')
    app = add(app, ("clients.csv", OWN), ("ours.toml", other.encode()))
    assert not [each.label for each in app.button if each.label == "Use these records"]


def test_a_layout_of_ours_needs_no_matching_but_can_be_matched(page: AppTest, tmp_path: Path) -> None:
    path = workbook.fill_template(tmp_path / "book", canonical_people(tmp_path / "people", 60))
    app = add(page, (path.name, path.read_bytes()))
    (layout,) = [box for box in app.selectbox if box.label == "How your files are laid out"]
    assert layout.value == "Template workbook"
    assert "nothing to match" in text_of(app)
    app = check(app)
    assert "can be stored." in text_of(app)
    app.selectbox[0].set_value("My own layout: match the columns")
    assert len(app.run().selectbox) > 50


def test_the_records_shown_now_are_counted_before_they_are_replaced(page: AppTest) -> None:
    files = [("clients.csv", OWN), ("ours.toml", OWN_MAPPING.encode())]
    app = use(check(add(page, *files)))
    app = check(add(app, *files))
    said = text_of(app)
    assert "replaced as a whole, not added to" in said
    assert "Shown now" in said
    assert "records-0002" in text_of(use(app))


def test_a_load_under_way_is_said_and_nothing_changes(page: AppTest) -> None:
    app = check(add(page, ("clients.csv", OWN), ("ours.toml", OWN_MAPPING.encode())))
    home = answers.data_home()
    with versions.locked(versions.prepare(home, "records"), "records"):
        app = use(app)
    assert "another process is writing records here" in text_of(app)
    assert "The records were not changed." in text_of(app)
    assert warehouse.current(home, "records") is None
    assert "Your records are in use" in text_of(button(app, "Use these records").click().run())


def test_a_fault_of_ours_has_a_reference_and_no_message(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any) -> None:
        raise RuntimeError("Zqcanary")

    monkeypatch.setattr(import_gate, "check", broken)
    app = check(add(page, ("clients.csv", OWN), ("ours.toml", OWN_MAPPING.encode())))
    said = text_of(app) + html_of(app)
    assert "went wrong on our side" in said
    assert "Zqcanary" not in said + (answers.data_home() / "log" / "failures.jsonl").read_text()


def test_files_are_let_go_on_every_other_page(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[bool] = []
    monkeypatch.setattr(uploads, "let_go", lambda: gone.append(True))
    app = add(page, ("clients.csv", OWN))
    assert uploads.KEY in app.session_state
    assert gone == []
    app.switch_page("views/methods.py")
    app = app.run()
    assert uploads.KEY not in app.session_state
    assert gone == [True]


def test_letting_go_removes_the_files_of_this_session_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    files = SimpleNamespace(remove_session_files=removed.append)
    context = SimpleNamespace(session_id="one", uploaded_file_mgr=files)
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: context)
    uploads.let_go()
    assert removed == ["one"]


def test_a_release_that_is_there_is_said_to_stay_until_the_next() -> None:
    said = import_steps.where_shown(["Overview", "Staying"], ["Report", "Get the data"], released=True)
    assert said.startswith(
        "Overview and Staying show these records now. Report and Get the data keep showing the last release until"
    )


@pytest.mark.parametrize("step", ["look", "check", "use", "stored_now"])
def test_only_a_managers_process_may_do_any_step(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "public")
    with pytest.raises(PermissionError):
        getattr(import_gate, step)([])


PUBLIC = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert not app.exception
print(sorted(name for name in sys.modules if name in ("pipelines.intake", "pipelines.load", "dashboard.import_gate")))
"""


def test_the_public_door_never_loads_the_import(sample_home: Path) -> None:
    environment = os.environ | {"RECOVERY_OUTCOMES_AUDIENCE": "public", "RECOVERY_OUTCOMES_HOME": str(sample_home)}
    done = subprocess.run(
        [sys.executable, "-c", PUBLIC, str(APP)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("read", "made", "out", "version", "said"),
    [
        (5, 5, 0, "", "All 5 rows can be stored."),
        (5, 5, 2, "records-0001", "3 of 5 rows were stored; 2 are kept out."),
        (5, 9, 2, "", "5 rows were read from your files, and 9 records were made of them: one row can hold several"),
        (5, 9, 2, "", "7 of 9 records can be stored, 2 are kept out; none is lost."),
        (5, 9, 0, "records-0001", "All of these records were stored; none was lost."),
        (
            9,
            5,
            0,
            "",
            "9 rows were read from your files, and 5 records were made of them: several rows can be about one",
        ),
    ],
)
def test_the_rows_of_the_files_and_the_records_made_of_them_are_both_said(read, made, out, version, said) -> None:
    table = TableCount("sessions", "visits.csv", made, made - out, out)
    summary = LoadSummary(version, "ours", (table,), (), rows_of_files=read)
    assert said in import_steps.outcome_sentence(summary)


def test_faults_are_listed_with_markup_escaped_and_commands_as_code() -> None:
    listed = import_steps.fault_list([Fault("<a>", "is <b>", "Run `x` again", 1200)])
    said = "<strong>&lt;a&gt;</strong>: is &lt;b&gt; (1,200 rows). Run <code>x</code> again."
    assert listed == f'<ul class="faults"><li>{said}</li></ul>'
