"""Files from a browser: looked at, checked, used, and nothing of them left behind.

Referees: the same files loaded from a folder; a secret in every place a file can hold one.
"""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path

import pytest

from pipelines import intake, versions, warehouse
from pipelines.faults import InputFault
from pipelines.intake import LONGEST_NAME, Upload, packaged_text, safe_name
from pipelines.load import load
from pipelines.mapping_file import read_mapping
from pipelines.recognise import layouts
from tests.pipelines.exporters import fhir, workbook
from tests.pipelines.exporters.people import canonical_people
from tests.pipelines.raw_world import world, write

OWN = b"Client ID,Admission Date,Notes\nP1,2025-01-01,Zqcanary\nP2,2025-01-02,Zqcanary\nP3,2025-01-03,Zqcanary\n"
OWN_MAPPING = """
[mapping]
id = "ours"
label = "Ours"
[tables.participants]
from = "clients"
[tables.participants.columns]
participant_id = "Client ID"
[tables.episodes]
from = "clients"
[tables.episodes.columns]
episode_id = "Client ID"
participant_id = "Client ID"
site_id = { constant = "main" }
enrolled_date = "Admission Date"
extract_date = { constant = "2025-06-30" }
[tables.sites]
from = "clients"
first_per_key = true
[tables.sites.columns]
site_id = { constant = "main" }
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def uploads_of(folder: Path) -> list[Upload]:
    return [Upload(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.suffix != ".txt"]


def rules(fault: InputFault) -> list[str]:
    return [f"{each.where}: {each.rule}" for each in fault.faults]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("sessions.csv", "sessions.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\Sessions 2024.CSV", "Sessions 2024.CSV"),
        ("/etc/cron.d/x.csv", "x.csv"),
        (".hidden.csv", "hidden.csv"),
        ("...csv", "csv"),
        ("a\u202ecsv.xlsx", "acsv.xlsx"),
        ("a\x00b\nc.csv", "abc.csv"),
        ("se*ss?io[ns].csv", "se_ss_io_ns_.csv"),
        ("a'; drop table x; --.csv", "a_ drop table x_ --.csv"),
        ("ﬁle.csv", "file.csv"),
        ("", "file"),
        ("Über Größe.csv", "Über Größe.csv"),
    ],
)
def test_a_name_is_made_harmless(given: str, made: str) -> None:
    assert safe_name(given) == made
    assert Path(safe_name(given)).name == safe_name(given)


def test_a_long_name_keeps_its_ending() -> None:
    assert len(safe_name("x" * 400 + ".xlsx")) == LONGEST_NAME
    assert safe_name("x" * 400 + ".xlsx").endswith(".xlsx")


def test_a_look_counts_and_stores_nothing(tmp_path: Path, temporary: Path) -> None:
    seen = intake.look([Upload("../clients.csv", OWN)])
    assert [(one.name, one.rows, one.columns) for one in seen.files] == [("clients.csv", 3, 3)]
    assert seen.fits == ()
    assert "Zqcanary" not in repr(seen)
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "home").exists()


def test_everything_wrong_with_the_files_is_said_at_once(temporary: Path) -> None:
    bad = [Upload("a.csv", b""), Upload("b.csv", b"x,x\n1,2\n"), Upload("c.xlsx", b"no workbook")]
    with pytest.raises(InputFault) as fault:
        intake.look(bad)
    assert {each.where.partition(",")[0] for each in fault.value.faults} == {"a.csv", "b.csv", "c.xlsx"}
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("uploads", "said"),
    [
        ([], "Files: no file with records was added"),
        ([Upload("a.csv", OWN), Upload("x/A.csv", OWN)], "A.csv: was added twice"),
        ([Upload("a.csv", OWN), Upload("m.toml", b"= no")], "m.toml: is not TOML"),
        (
            [Upload("a.csv", OWN), Upload("m.toml", OWN_MAPPING.encode()), Upload("n.toml", OWN_MAPPING.encode())],
            "Mappings: more than one was added",
        ),
    ],
)
def test_what_cannot_be_sorted_is_named(uploads: list[Upload], said: str) -> None:
    with pytest.raises(InputFault) as fault:
        intake.look(uploads)
    assert said in rules(fault.value)


def test_an_added_mapping_is_used_and_checked_like_any_other(tmp_path: Path) -> None:
    seen = intake.look([Upload("clients.csv", OWN), Upload("ours.toml", OWN_MAPPING.encode())])
    assert seen.mapping == OWN_MAPPING
    wrong = OWN_MAPPING.replace('participant_id = "Client ID"', "colour = 3")
    with pytest.raises(InputFault) as fault:
        intake.check([Upload("clients.csv", OWN)], wrong, tmp_path / "home")
    assert any("mapping.toml, tables.participants.columns" in each.where for each in fault.value.faults)


def test_a_check_says_what_a_load_does_and_changes_nothing(tmp_path: Path, temporary: Path) -> None:
    home, files = tmp_path / "home", uploads_of(write(tmp_path / "export", world()))
    mapping, steps = packaged_text("canonical"), []
    checked = intake.check(files, mapping, home, lambda step, share: steps.append(share))
    assert not home.exists()
    assert steps == sorted(steps)
    used = intake.use(files, mapping, home)
    assert used.tables == checked.tables
    assert used.version == "records-0001"
    again = intake.use(files, packaged_text("canonical", title="Harbor"), home)
    assert again.version == "records-0002"
    reader = warehouse.open_records(home)
    facts = dict(reader.rows("select key, value from dataset"))
    reader.close()
    assert (facts["title"], facts["demonstration"]) == ("Harbor", "false")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("broken", [OWN_MAPPING.replace("Client ID", "No such column"), "no TOML ="])
def test_a_failed_step_leaves_nothing_behind(tmp_path: Path, temporary: Path, broken: str) -> None:
    for step in (intake.check, intake.use):
        with pytest.raises(InputFault):
            step([Upload("clients.csv", OWN)], broken, tmp_path / "home")
    assert list(temporary.iterdir()) == []
    assert warehouse.current(tmp_path / "home", "records") is None


@pytest.mark.parametrize("step", [intake.check, intake.use])
def test_a_cancelled_step_leaves_nothing_behind(tmp_path: Path, temporary: Path, step) -> None:  # type: ignore[no-untyped-def]
    class Cancelled(BaseException):
        pass

    def cancel(_step: str, share: float) -> None:
        if share > 0.5:
            assert list(temporary.iterdir())
            raise Cancelled

    with pytest.raises(Cancelled):
        step([Upload("clients.csv", OWN)], OWN_MAPPING, tmp_path / "home", cancel)
    assert list(temporary.iterdir()) == []
    assert warehouse.current(tmp_path / "home", "records") is None
    assert list((tmp_path / "home").rglob("building-*")) == []


def test_a_cell_reaches_neither_the_records_nor_a_log(tmp_path: Path) -> None:
    home = tmp_path / "home"
    summary = intake.use([Upload("clients.csv", OWN)], OWN_MAPPING, home)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Zqcanary" not in everything
    assert "Zqcanary" not in repr(summary) + json.dumps(summary.as_dict())


def test_a_load_under_way_is_said_and_waited_for(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with versions.locked(versions.prepare(home, "records"), "records"), pytest.raises(InputFault) as fault:
        intake.use([Upload("clients.csv", OWN)], OWN_MAPPING, home)
    assert "another process is writing records here" in str(fault.value)


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(InputFault, match="the folder cannot be written"):
        intake.use([Upload("clients.csv", OWN)], OWN_MAPPING, tmp_path / "home")


def test_layouts_of_ours_and_of_others_are_recognised(tmp_path: Path) -> None:
    tables = canonical_people(tmp_path / "canonical", 60)
    workbook.fill_template(tmp_path / "workbook", tables)
    fhir.write_ndjson(tmp_path / "fhir", tables, tables["episodes"][0]["extract_date"])
    for name, expected in (("canonical", "canonical"), ("workbook", "workbook"), ("fhir", "fhir_r4")):
        files = [upload for upload in uploads_of(tmp_path / name) if not upload.name.endswith((".toml", ".md"))]
        seen = intake.look(files)
        assert seen.fits[:1] == (expected,)
        checked = intake.check(files, packaged_text(expected), tmp_path / "home")
        assert checked.rows_quarantined == 0
    plain = load(tmp_path / "canonical", tmp_path / "home", dry_run=True)
    assert plain.rows_stored > 0


def test_a_packaged_mapping_takes_the_day_of_the_export_and_a_title(tmp_path: Path) -> None:
    for name in layouts():
        path = tmp_path / "ours.toml"
        path.write_text(packaged_text(name, date(2025, 6, 30), 'A "title"\n[x]'), encoding="utf-8")
        assert read_mapping(path).dataset["title"] == 'A "title" [x]'


def test_questionnaires_of_the_organisation_can_be_added(tmp_path: Path) -> None:
    shipped = Path(intake.__file__).parent / "instruments" / "srs.toml"
    own = Upload("our_scale.toml", shipped.read_bytes().replace(b'"SRS"', b'"OUR"'))
    seen = intake.look([Upload("clients.csv", OWN), own])
    assert seen.registry["our_scale"].short_name == "OUR"
    assert intake.check([Upload("clients.csv", OWN), own], OWN_MAPPING, tmp_path / "home").rows_in
