"""A download is the estimate table of the screen, minus what may not travel, in a form no spreadsheet can run."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import downloads, exports, language
from dashboard.answers import EXPORT_FLOOR, InputFault, Question, Settings, measures
from dashboard.data_package import data_package, tables_zip
from dashboard.report import questions
from pipelines.estimate_table import COLUMNS, HIDDEN_NUMBERS, estimate_table
from pipelines.release import FOOTNOTE
from tests.dashboard.examples import FakeAnswers
from tests.dashboard.published_examples import Published

MEASURES = ("people_enrolled", "staying_curve", "exit_reasons", "stayed_by_alliance_and_self_efficacy")


@pytest.fixture
def manager() -> FakeAnswers:
    return FakeAnswers()


@pytest.fixture
def public() -> FakeAnswers:
    return FakeAnswers(audience="public", version="release-0001")


@pytest.fixture
def spanish() -> Iterator[Callable[[], None]]:
    """What makes the pages speak Spanish, until the end of the test."""
    yield lambda: language.use("es")
    language.use(language.ENGLISH)


def read(content: bytes) -> pd.DataFrame:
    """Read a CSV as the package's own script does."""
    return pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""])


def with_sizes(sizes: dict[str, int]) -> pd.DataFrame:
    """A table of counts by site."""
    row = {"measure": "people_enrolled", "stat": "count", "grouping": "site", "shape": "bar", "status": "shown"}
    return estimate_table(
        [{**row, "level": site, "n": n, "estimate": n, "source": "live"} for site, n in sizes.items()]
    )


@pytest.mark.parametrize("measure", MEASURES)
def test_the_csv_of_a_release_is_the_table_row_for_row(public: FakeAnswers, measure: str) -> None:
    table = public.ask(Question(measure))
    found = read(downloads.csv_bytes(downloads.export_rows(table, public.about())))
    assert len(found) == len(table)
    for name in COLUMNS:
        if name in ("x", *HIDDEN_NUMBERS):
            np.testing.assert_allclose(found[name].astype(float), table[name], rtol=1e-12, atol=0)
        else:
            assert found[name].astype(object).where(found[name].notna(), "").tolist() == table[name].tolist(), name


def test_hidden_rows_have_empty_numbers_and_say_hidden(manager: FakeAnswers) -> None:
    rows = downloads.export_rows(manager.ask(Question("stayed_share", ("site",))), manager.about())
    found = read(downloads.csv_bytes(rows))
    hidden = found[found["status"].eq("hidden")]
    assert len(hidden)
    assert hidden[list(HIDDEN_NUMBERS)].isna().all().all()
    assert found.loc[found["status"].eq("shown"), "estimate"].notna().all()
    raw = list(csv.reader(io.StringIO(downloads.csv_bytes(rows).decode())))
    places = [raw[0].index(name) for name in HIDDEN_NUMBERS]
    assert all(row[i] == "" for row in raw[1:] if "hidden" in row for i in places)


def test_a_file_from_the_managers_pages_rests_on_eleven_people_and_says_internal(manager: FakeAnswers) -> None:
    table = with_sizes({"Ashgrove": 300, "Birchwood": 14, "Cedar Hill": 10})
    rows = downloads.export_rows(table, manager.about())
    found = read(downloads.csv_bytes(rows))
    assert found.columns[0] == "use"
    assert set(found["use"]) == {"internal - not for release"}
    assert set(found["source"]) == {"live"}
    assert found.loc[found["n"].notna(), "n"].min() >= EXPORT_FLOOR
    assert found.loc[found["status"].eq("shown"), "site"].tolist() == ["Ashgrove"]
    assert downloads.file_name("m", (), manager.about(), "csv").startswith("INTERNAL_not_for_release_")


def test_a_release_keeps_every_row_and_is_not_marked_internal(public: FakeAnswers) -> None:
    table = public.ask(Question("stayed_share", ("site",)))
    rows = downloads.export_rows(table, public.about())
    pd.testing.assert_frame_equal(rows[list(COLUMNS)], table)
    assert set(rows["use"]) == {"disclosure-controlled statistics"}
    assert "INTERNAL" not in downloads.file_name("m", (), public.about(), "csv")


def test_dimensions_become_columns_and_a_comparison_belongs_to_none(public: FakeAnswers) -> None:
    heat = downloads.export_rows(public.ask(Question("stayed_by_alliance_and_self_efficacy")), public.about())
    assert heat.columns[:3].tolist() == ["use", "alliance_band", "self_efficacy_band"]
    cells = heat[heat["shape"].eq("cell")]
    joined = cells["alliance_band"] + "|" + cells["self_efficacy_band"]
    assert joined.tolist() == cells["level"].tolist()
    assert set(heat.loc[heat["stat"].eq("difference"), "alliance_band"]) == {""}


NASTY = st.text(
    alphabet=st.sampled_from([*"=+-@|%\t\r\n '\"aZ9,;", "＝", "＋", "－", "＠", "\u200b", "\ufeff", "\u2028", "\x00"]),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(NASTY, min_size=1, max_size=5), excel=st.booleans())
def test_no_cell_of_a_file_can_run_whatever_the_texts_are(texts: list[str], excel: bool) -> None:
    """The referee is a spreadsheet's own rule: what a cell starts with once blanks and a mark of order are gone."""
    rows = pd.DataFrame({"use": "x", "site": texts, "n": [-5.0] * len(texts), texts[0] or "y": texts})
    content = downloads.csv_bytes(rows, for_excel=excel)
    read_back = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(read_back) == len(texts) + 1
    for row in read_back:
        for place, cell in enumerate(row):
            if place == 2 and cell == "-5":
                continue  # a number is not text
            assert not re.match(r"[\s\u200b\ufeff\u2028]*[=+\-@|%＝＋－＠]", cell), cell
            assert "\x00" not in cell
            assert not cell.startswith(("\t", "\r", "\n"))
    assert content.startswith(b"\xef\xbb\xbf") == excel


# The rules of the Frictionless Table Schema and Data Package (version 1) that a reader of the package relies on.
FIELD_TYPES = {"string", "number", "integer", "boolean", "date"}
NAME = re.compile(r"^[-a-z0-9._/]+$")
CONSTRAINTS = {"required", "unique", "minimum", "maximum", "enum", "pattern", "minLength", "maxLength"}


MARKED = {"README.md", "data.csv", "CITATION.cff"}
FILES = MARKED | {"datapackage.json", "codebook.csv", "methods.md", "load.R", "load.py"}


def check_package(content: bytes) -> tuple[dict, dict[str, bytes]]:
    """Assert that a package keeps the rules and return its descriptor and files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    package = json.loads(files["datapackage.json"])
    assert NAME.match(package["name"])
    assert package["licenses"]
    assert all(item.get("name") or item.get("path") for item in package["licenses"])
    assert all(item["title"] for key in ("sources", "contributors") for item in package[key])
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    for resource in package["resources"]:
        assert NAME.match(resource["name"])
        assert not resource["path"].startswith(("/", ".."))
        check_table(resource, files[resource["path"]])
    return package, files


def check_table(resource: dict, content: bytes) -> None:
    """Assert that a CSV is what its schema says: headings in order, types, constraints, missing values."""
    assert resource["bytes"] == len(content)
    schema = resource["schema"]
    missing = set(schema["missingValues"])
    heading, *rows = list(csv.reader(io.StringIO(content.decode(resource["encoding"]), newline="")))
    assert [field["name"] for field in schema["fields"]] == heading
    assert len(rows) == resource["rows"]
    for place, field in enumerate(schema["fields"]):
        assert field["type"] in FIELD_TYPES
        assert field["description"]
        constraints = field.get("constraints", {})
        assert set(constraints) <= CONSTRAINTS
        values = [row[place] for row in rows]
        assert not constraints.get("required") or not missing & set(values), field["name"]
        present = [value for value in values if value not in missing]
        if field["type"] == "number":
            assert all(float(value) >= constraints.get("minimum", -np.inf) for value in present), field["name"]
        if "enum" in constraints:
            assert set(present) <= set(constraints["enum"]), field["name"]


@pytest.mark.parametrize("audience", ["manager", "public"])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_data_package_keeps_the_rules_and_its_code_book_covers_every_column(measure: str, audience: str) -> None:
    answers = FakeAnswers(audience=audience)
    rows = downloads.export_rows(answers.ask(Question(measure)), answers.about())
    package, files = check_package(data_package(measure, rows, answers.about(), {"filters": {}}))
    book = read(files["codebook.csv"])
    assert book["column"].tolist() == list(rows.columns)
    assert book["meaning"].str.len().gt(10).all()
    assert set(files) == FILES
    internal = {name for name in MARKED if b"nternal" in files[name]}
    assert internal == (MARKED if audience == "manager" else set())
    assert package["use"] == rows["use"].iloc[0]
    assert package["licenses"][0]["name"] == ("internal" if audience == "manager" else "CC-BY-4.0")
    assert package["demonstration"] is True
    assert measures()[measure].definition in files["methods.md"].decode()
    for text in (files["README.md"], files["CITATION.cff"]):
        assert b"not real people" in text
        assert b"2026-Q2" in text


def test_the_referee_of_packages_refuses_a_broken_one(public: FakeAnswers) -> None:
    rows = downloads.export_rows(public.ask(Question("people_enrolled")), public.about())
    good = data_package("people_enrolled", rows, public.about(), {})
    for old, new in ((b'"type": "number"', b'"type": "numeral"'), (b'"name": "people-enrolled"', b'"name": "People!"')):
        broken = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(broken, "w") as target:
            for name in source.namelist():
                target.writestr(name, source.read(name).replace(old, new))
        with pytest.raises(AssertionError):
            check_package(broken.getvalue())


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def test_the_scripts_of_the_package_run_and_print_the_rows(public: FakeAnswers, tmp_path: Path) -> None:
    rows = downloads.export_rows(public.ask(Question("exit_reasons")), public.about())
    folder = unpacked(data_package("exit_reasons", rows, public.about(), {}), tmp_path)
    commands = {"load.py": [sys.executable, "load.py"]}
    if shutil.which("Rscript"):
        commands["load.R"] = ["Rscript", "--vanilla", "load.R"]
    for script, command in commands.items():
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (script, done.stderr)
        shown = rows[rows["status"].eq("shown")]
        for row in shown.itertuples():
            assert row.level in done.stdout, script
            assert str(row.estimate)[:5] in done.stdout, script
        assert "Identifier of the measure" in done.stdout


def test_the_same_table_gives_the_same_bytes(public: FakeAnswers) -> None:
    def made() -> bytes:
        rows = downloads.export_rows(public.ask(Question("exit_reasons")), public.about())
        return data_package("exit_reasons", rows, public.about(), {"filters": {"site": ["Ashgrove"]}})

    assert made() == made()


@pytest.mark.parametrize("measure", MEASURES)
def test_a_file_is_english_whatever_the_page_speaks(
    public: FakeAnswers, spanish: Callable[[], None], measure: str
) -> None:
    english = data_package(measure, downloads.export_rows(public.ask(Question(measure)), public.about()),
                           public.about(), {})  # fmt: skip
    spanish()
    rows = downloads.export_rows(public.ask(Question(measure)), public.about())
    assert data_package(measure, rows, public.about(), {}) == english
    said, told = downloads.code_book(rows, language.say), downloads.code_book(rows)
    assert said["column"].tolist() == told["column"].tolist()
    assert not set(said["meaning"]) & set(told["meaning"])
    assert not set(said["empty_means"]) & set(told["empty_means"])


@pytest.mark.parametrize("numbers", [(11, 10, 5), (15, 14, 5), (20, 12, 10)])
def test_the_note_of_a_release_is_said_with_its_own_numbers(
    public: FakeAnswers, spanish: Callable[[], None], numbers: tuple[int, int, int]
) -> None:
    footnote = FOOTNOTE.format(**dict(zip(("threshold", "error", "step"), numbers, strict=True)))
    about = {**public.about(), "footnote": footnote}
    assert downloads.said_note(about) == footnote == downloads.note(about)
    spanish()
    said = downloads.said_note(about)
    assert downloads.note(about) == footnote
    assert not set(re.findall(r"[a-z]{5,}", said)) & set(re.findall(r"[a-z]{5,}", footnote))
    assert [int(number) for number in re.findall(r"\d+", said)] == [*numbers, numbers[2]]
    other = {**about, "footnote": "Groups under 11 are hidden."}
    assert downloads.said_note(other) == "Groups under 11 are hidden."


def test_the_tables_of_the_report_come_as_one_file_with_a_code_book() -> None:
    answers = Published()
    tables = [(question, answers.ask(question)) for question in questions()]
    made = tables_zip(tables, answers.about())
    assert made == tables_zip(tables, answers.about())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert len(files) == len(questions()) + 2
    book = read(files.pop("codebook.csv"))
    assert book["column"].is_unique
    told = files.pop("README.md").decode()
    assert "not real people" in told
    for (question, table), (name, content) in zip(tables, files.items(), strict=True):
        assert name.startswith(question.measure)
        assert name in told
        rows = read(content)
        assert len(rows) == len(table)
        assert set(rows.columns) <= set(book["column"])


def test_names_of_files_tell_measure_groups_period_and_version_and_never_a_filter(public: FakeAnswers) -> None:
    about = public.about()
    name = downloads.file_name("stayed_share", ("site", "cohort"), about, "csv")
    assert name == "DEMONSTRATION_stayed_share_by_site_and_cohort_2026-Q2_release-0001.csv"
    assert downloads.file_name("stayed_share", (), about | {"demonstration": False}, "zip") == (
        "stayed_share_2026-Q2_release-0001.zip"
    )
    other = Settings(gap_days=60, contacts="attended")
    assert downloads.file_name("stayed_share", ("site",), about | {"demonstration": False}, "csv", other) == (
        "stayed_share_by_site_gap_days_60_contacts_attended_2026-Q2_release-0001.csv"
    )
    filtered = Question("stayed_share", (), (("site", ("Ashgrove",)),))
    assert "Ashgrove" not in exports.prepare(public.ask, about, filtered, "csv", Path("nowhere")).name


def test_the_citation_names_program_measure_period_and_version(public: FakeAnswers, manager: FakeAnswers) -> None:
    line = downloads.citation("stayed_share", public.about())
    for part in ("Example program", measures()["stayed_share"].label, "2026-Q2", "release-0001", "not real people"):
        assert part in line
    assert "Internal" not in line
    assert "Internal" in downloads.citation("stayed_share", manager.about())


# The export as a whole, and its log


class Counting(FakeAnswers):
    """A reader of so many people as `people` says for the names of the filters."""

    def __init__(self, people: Callable[[tuple[str, ...]], int]) -> None:
        super().__init__()
        self.people = people

    def ask(self, question: Question) -> pd.DataFrame:
        n = self.people(tuple(name for name, _ in question.where))
        row = {"measure": question.measure, "n": n, "estimate": n, "status": "shown", "source": "live"}
        if question.measure == "people_enrolled":
            return estimate_table([{**row, "stat": "count", "shape": "bar"}])
        return estimate_table([{**row, "stat": "at_risk", "x": 0.0}, {**row, "stat": "share", "estimate": 0.5}])


SITE, AGE = ("site", ("Ashgrove",)), ("age_band", ("18-24",))


@pytest.mark.parametrize(
    ("chosen", "whole", "given_out"),
    [(100, 100, True), (89, 100, True), (90, 100, False), (99, 100, False), (11, 100, True), (10, 100, False)],
)
@pytest.mark.parametrize("measure", ["people_enrolled", "staying_curve"])
def test_filters_that_choose_or_leave_out_one_to_ten_people_give_no_file(
    measure: str, chosen: int, whole: int, given_out: bool
) -> None:
    answers = Counting(lambda filters: chosen if filters else whole)
    refused = downloads.refusal(answers.ask, Question(measure, (), (SITE,)), answers.about())
    assert (refused == "") is given_out
    assert not re.search(r"\b(89|90|99|100)\b", refused)


def test_a_filter_more_that_leaves_out_few_gives_no_file_either() -> None:
    sizes = {(): 1000, ("site",): 200, ("age_band",): 500, ("site", "age_band"): 195}
    answers = Counting(sizes.__getitem__)
    assert downloads.refusal(answers.ask, Question("staying_curve", (), (SITE,)), answers.about()) == ""
    assert downloads.refusal(answers.ask, Question("staying_curve", (), (SITE, AGE)), answers.about())


def test_a_withheld_number_of_people_refuses_and_a_release_never_asks(public: FakeAnswers) -> None:
    hidden = estimate_table([{"measure": "people_enrolled", "stat": "count", "status": "hidden"}])
    answers = FakeAnswers(edit={"people_enrolled": hidden})
    question = Question("people_enrolled", (), (SITE,))
    assert downloads.refusal(answers.ask, question, answers.about())
    assert downloads.refusal(public.ask, question, public.about()) == ""
    assert public.asked == []


def test_a_refused_table_has_no_content(tmp_path: Path) -> None:
    answers = Counting(lambda filters: 95 if filters else 100)
    export = exports.prepare(answers.ask, answers.about(), Question("staying_curve", (), (SITE,)), "csv", tmp_path)
    assert export.refused
    with pytest.raises(ValueError, match="may not leave"):
        export.content()
    with pytest.raises(InputFault):
        exports.write(answers, Question("staying_curve", (), (SITE,)), "csv", tmp_path / "out", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_internal_file_is_noted_without_a_number_and_a_release_is_not(
    manager: FakeAnswers, public: FakeAnswers, tmp_path: Path
) -> None:
    question = Question("stayed_share", ("primary_substance",), (SITE,))
    manager.edit = {"stayed_share": manager.ask(replace(question, where=()))}
    exports.write(public, Question("stayed_share"), "csv", tmp_path / "out", tmp_path)
    assert not (tmp_path / "log").exists()
    path = exports.write(manager, question, "package", tmp_path / "out", tmp_path)
    log = tmp_path / exports.LOG
    (line,) = log.read_text().splitlines()
    noted = json.loads(line)
    assert set(noted) == {"at", "who", "version", "measure", "by", "filtered_by", "format", "rows"}
    assert (noted["measure"], noted["by"], noted["filtered_by"]) == ("stayed_share", ["primary_substance"], ["site"])
    assert noted["rows"] == len(read(zipfile.ZipFile(path).read("data.csv")))
    assert noted["who"]
    assert noted["at"].endswith("+00:00")
    assert "Ashgrove" not in line
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert path.name.startswith("INTERNAL_not_for_release_")


def test_what_cannot_be_noted_does_not_leave(manager: FakeAnswers, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    export = exports.prepare(manager.ask, manager.about(), Question("stayed_share"), "csv", tmp_path)
    with pytest.raises(OSError, match="log"):
        export.content()
    with pytest.raises(InputFault):
        exports.write(manager, Question("stayed_share"), "csv", tmp_path / "out", tmp_path)
    assert [path for path in (tmp_path / "out").rglob("*") if path.suffix == ".csv"] == []


def test_preparing_a_file_notes_nothing_before_it_is_taken(manager: FakeAnswers, tmp_path: Path) -> None:
    exports.prepare(manager.ask, manager.about(), Question("stayed_share"), "csv", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_a_group_too_small_for_a_file_does_not_leave_and_is_not_noted(tmp_path: Path) -> None:
    about = {"audience": "manager", "version": "records-0001", "records_to": "2026-Q2", "demonstration": False}
    row = {"measure": "exit_reasons", "grouping": "exit_type", "stat": "share", "status": "shown", "shape": "bar"}
    rows = [{**row, "level": name, "estimate": n / 100, "n": 100, "events": n} for name, n in (("a", 40), ("b", 53))]
    large = estimate_table(rows)
    small = estimate_table([*rows, {**row, "level": "c", "estimate": 0.07, "n": 7, "events": 7}])
    for table, refused in ((large, ""), (small, exports.PICTURE_TOO_SMALL)):
        export = exports.Export(Question("exit_reasons"), table, about, None, "", "svg", tmp_path)
        assert exports.picture_refusal(export) == refused
    assert (tmp_path / exports.LOG).read_text().count("\n") == 1
    withheld = exports.Export(Question("exit_reasons"), large, about, None, "no", "svg", tmp_path)
    assert exports.picture_refusal(withheld) == "no"
