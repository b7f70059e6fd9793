"""Choices become a mapping: what was decided is what is loaded, what is missing is named, and no cell is in either.

Referees: the canonical CSV of the same people; the proposal with which somebody agrees; an attacker in every cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from pipelines import evidence, read, schema, warehouse
from pipelines.choices import Choices, as_proposed
from pipelines.column_profile import SourceProfile
from pipelines.instruments import load_registry
from pipelines.load import load
from pipelines.mapping_file import read_mapping
from pipelines.proposal import Proposal
from pipelines.proposal_text import mapping_text
from pipelines.propose import profiles, propose_from
from pipelines.targets import LEAVE_OUT, WEEKS, column_targets, targets
from pipelines.warehouse import Reader
from tests.pipelines.exporters import own_layout, workbook
from tests.pipelines.exporters.people import Tables, canonical_people
from tests.pipelines.raw_world import world, write
from tests.pipelines.test_exporters import STORED, rows_of
from tests.pipelines.test_propose import related_files, roster, sheet

DAY = date(2025, 6, 30)
REGISTRY = load_registry()


def sources_of(folder: Path) -> list[SourceProfile]:
    with warehouse.in_memory() as connection:
        return profiles(connection, read.stage(connection, folder))


def counts(folder: Path, proposal: Proposal, tmp_path: Path, name: str = "chosen") -> dict[str, tuple[int, int]]:
    """Rows stored and kept out of each table through the mapping of a proposal."""
    path = tmp_path / f"{name}.toml"
    path.write_text(mapping_text(proposal), encoding="utf-8")
    summary = load(folder, tmp_path / "home", mapping=path, dry_run=True)
    return {table.name: (table.rows_stored, table.rows_quarantined) for table in summary.tables}


def needed(proposal: Proposal) -> list[str]:
    return [f"{need.where}: {need.rule}" for need in proposal.needs]


@dataclass
class Loaded:
    tables: Tables
    readers: dict[str, Reader]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("choices")
    tables = canonical_people(folder / "canonical", 100)
    workbook.fill_template(folder / "template", tables)
    ours = own_layout.write(folder / "ours", tables)
    template = sources_of(folder / "template")
    agreed = propose_from(template, as_proposed(propose_from(template, Choices()), template))
    decided = propose_from(sources_of(folder / "ours"), ours.choices)
    assert agreed.needs == decided.needs == ()
    readers = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "key"))
        for name, proposal in (("canonical", None), ("template", agreed), ("ours", decided)):
            mapping = folder / f"{name}.toml" if proposal else None
            if mapping is not None and proposal is not None:
                mapping.write_text(mapping_text(proposal), encoding="utf-8")
            load(folder / name, folder / "homes" / name, mapping=mapping)
            readers[name] = warehouse.open_records(folder / "homes" / name)
    yield Loaded(tables, readers)
    for reader in readers.values():
        reader.close()


@pytest.mark.parametrize("table", STORED)
@pytest.mark.parametrize("source", ["template", "ours"])
def test_what_was_chosen_gives_the_records_of_the_csv(loaded: Loaded, source: str, table: str) -> None:
    expected = rows_of(loaded.readers["canonical"], table)
    assert expected
    assert rows_of(loaded.readers[source], table) == expected


@pytest.mark.parametrize("layout", ["related", "roster", "canonical", "template"])
def test_whoever_agrees_with_a_proposal_gets_it(tmp_path: Path, layout: str) -> None:
    folder = tmp_path / "export"
    if layout == "template":
        workbook.fill_template(folder, canonical_people(tmp_path / "people", 60))
    else:
        {"related": related_files, "roster": roster, "canonical": lambda to: write(to, world())}[layout](folder)
    sources = sources_of(folder)
    guessed = propose_from(sources, Choices(extracted_on=DAY))
    agreed = propose_from(sources, replace(as_proposed(guessed, sources), extracted_on=DAY))

    def rules(proposal: Proposal) -> list[str]:
        return [line.partition("  # ")[0] for line in mapping_text(proposal).splitlines() if not line.startswith("#")]

    assert rules(agreed) == rules(guessed)
    assert agreed.needs == ()


def notes_and_visits(folder: Path) -> Path:
    """Two files whose headings say little: who, when, what."""
    sheet(
        folder,
        "list",
        ["Ref", "Arrived", "Sort"],
        [[f"R{n}", "2025-01-0" + str(1 + n % 9), "mw"[n % 2]] for n in range(20)],
    )
    rows = [
        [f"R{n % 20}", f"2025-02-{1 + n % 27:02d}", "okno"[2 * (n % 2) : 2 * (n % 2) + 2], 17 + n % 3]
        for n in range(60)
    ]
    sheet(folder, "diary", ["Ref", "Tag", "Was", "Points"], rows)
    return folder


def chosen(**more: object) -> Choices:
    picked = {
        ("list", "Ref"): "participant_id",
        ("list", "Arrived"): "episodes.enrolled_date",
        ("list", "Sort"): "participants.gender",
        ("diary", "Ref"): "participant_id",
        ("diary", "Tag"): "sessions.occurred_date",
        ("diary", "Was"): "sessions.status",
        ("diary", "Points"): "total:srs",
    }
    words = {("list", "Sort"): {"M": "man", "w": "woman"}, ("diary", "Was"): {"OK": "attended", "no": "no_show"}}
    return replace(Choices(targets=picked, words=words, extracted_on=DAY), **more)


def test_files_whose_headings_say_nothing_are_loaded_as_chosen(tmp_path: Path) -> None:
    folder = notes_and_visits(tmp_path / "export")
    proposal = propose_from(sources_of(folder), chosen())
    assert proposal.needs == ()
    assert counts(folder, proposal, tmp_path) == {
        "participants": (20, 0),
        "episodes": (20, 0),
        "sites": (1, 0),
        "sessions": (60, 0),
        "assessments": (60, 0),
    }


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (("list", "Ref"), "list.csv: enrolments cannot be stored yet"),
        (("list", "Arrived"), "Enrolments: no column says yet when a person enrolled"),
        (("diary", "Ref"), "diary.csv: no column says whose sessions these are"),
        (("diary", "Ref"), "diary.csv: no column says whose the scores are"),
        (("diary", "Was"), "diary.csv: sessions cannot be stored yet"),
        (("diary", "Tag"), "diary.csv: no column says when the sessions were"),
    ],
)
def test_what_is_missing_is_named_with_its_file(tmp_path: Path, left_out: tuple[str, str], said: str) -> None:
    sources = sources_of(notes_and_visits(tmp_path / "export"))
    choices = chosen()
    choices = replace(choices, targets={**choices.targets, left_out: LEAVE_OUT})
    assert said in needed(propose_from(sources, choices))


@pytest.mark.parametrize(
    "left_out",
    [
        [("list", "Ref")],
        [("list", "Arrived")],
        [("diary", "Ref")],
        [("diary", "Tag")],
        [("diary", "Ref"), ("diary", "Tag")],
        [("diary", "Was"), ("diary", "Tag")],
        [("list", "Ref"), ("diary", "Ref")],
    ],
)
def test_what_is_matched_in_a_file_is_not_asked_for_in_it(tmp_path: Path, left_out: list[tuple[str, str]]) -> None:
    sources = sources_of(notes_and_visits(tmp_path / "export"))
    choices = chosen()
    choices = replace(choices, targets={**choices.targets, **dict.fromkeys(left_out, LEAVE_OUT)})
    needs = propose_from(sources, choices).needs
    assert needs
    for need in needs:
        there = set(choices.targets_in(need.where.removesuffix(".csv")).values())
        known = there if need.where.endswith(".csv") else set(choices.targets.values()) - {"participant_id"}
        for target in known - {LEAVE_OUT}:
            assert f"“{targets(REGISTRY)[target]}”" not in need.remedy.partition(", in a file that has ")[0]


def test_scores_ask_for_the_day_or_the_person_alone_where_the_other_is_matched(tmp_path: Path) -> None:
    sources = sources_of(notes_and_visits(tmp_path / "export"))
    picked = {**chosen().targets, ("diary", "Was"): LEAVE_OUT}
    day = replace(chosen(), targets={**picked, ("diary", "Tag"): LEAVE_OUT})
    assert needed(propose_from(sources, day)) == ["diary.csv: no column says of which day the scores are"]
    both = replace(day, targets={**day.targets, ("diary", "Ref"): LEAVE_OUT})
    assert needed(propose_from(sources, both)) == ["diary.csv: no column says whose the scores are and of which day"]


def test_visits_with_a_person_beside_enrolments_with_numbers_ask_for_the_enrolment_alone(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    sheet(folder, "enrollments", ["Enrollment ID", "Client ID", "Admission Date"],
          [[f"E{n}", f"P{n % 8}", "2024-01-01"] for n in range(10)])  # fmt: skip
    sheet(folder, "visits", ["Client ID", "Visit Date", "Attendance"],
          [[f"P{n % 8}", "2024-03-01", "Attended"] for n in range(10)])  # fmt: skip
    sources = sources_of(folder)
    agreed = as_proposed(propose_from(sources, Choices(extracted_on=DAY)), sources)
    agreed = replace(agreed, extracted_on=DAY)
    (need,) = propose_from(sources, agreed).needs
    assert need.rule == "no column says to which enrolments these sessions belong"
    assert "“Person: your ID”" not in need.remedy
    without = {**agreed.targets, ("enrollments", "Enrollment ID"): LEAVE_OUT}
    assert propose_from(sources, replace(agreed, targets=without)).needs == ()


def test_the_day_of_the_export_and_a_target_chosen_twice_are_named(tmp_path: Path) -> None:
    sources = sources_of(notes_and_visits(tmp_path / "export"))
    assert needed(propose_from(sources, chosen(extracted_on=None))) == [
        "Day the files were exported: is not filled in yet"
    ]
    twice = chosen()
    twice = replace(twice, targets={**twice.targets, ("list", "Sort"): "episodes.enrolled_date"})
    assert needed(propose_from(sources, twice)) == ["list.csv: two columns are matched with “Enrolment: date”"]


def test_words_count_whatever_their_capitals_and_only_if_they_occur(tmp_path: Path) -> None:
    folder = notes_and_visits(tmp_path / "export")
    choices = chosen()
    choices = replace(choices, words={**choices.words, ("list", "Sort"): {"M": "man", "w": "woman", "zz": "other"}})
    text = mapping_text(propose_from(sources_of(folder), choices))
    assert 'gender = { from = "Sort", values = { w = "woman", m = "man" } }' in text
    assert "zz" not in text


def test_dates_that_leave_month_and_day_open_are_read_as_chosen(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    sheet(folder, "people", ["Client ID", "Admission Date"], [[f"P{n}", f"0{n}/05/2024"] for n in range(1, 10)])
    sources = sources_of(folder)
    assert evidence.date_forms(sources[0].column("Admission Date")) == ("month/day/year", "day/month/year")
    for form in ("month/day/year", "day/month/year"):
        said = Choices(dates={("people", "Admission Date"): form}, extracted_on=DAY)
        assert f'enrolled_date = {{ from = "Admission Date", dates = ["{form}"] }}' in mapping_text(
            propose_from(sources, said)
        )


def test_columns_side_by_side_are_what_was_chosen(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    headings = ["Client ID", "Admission Date", *(f"q{n}" for n in range(1, 11))]
    rows = [[f"P{n}", "2024-02-01", *(1 + (n + k) % 4 for k in range(10))] for n in range(12)]
    sheet(folder, "people", headings, rows)
    sources = sources_of(folder)
    guessed = propose_from(sources, Choices(extracted_on=DAY))
    assert guessed.runs == {("people", "q{n}"): LEAVE_OUT}
    agreed = replace(as_proposed(guessed, sources), extracted_on=DAY)
    as_answers = replace(agreed, runs={("people", "q{n}"): "gse_10"})
    assert counts(folder, propose_from(sources, as_answers), tmp_path)["assessment_items"] == (120, 0)
    as_weeks = replace(agreed, runs={("people", "q{n}"): WEEKS}, words={("people", "q{n}"): {"1": "attended"}})
    weeks = counts(folder, propose_from(sources, as_weeks), tmp_path, "weeks")
    ones = sum(cell == 1 for row in rows for cell in row[2:])
    assert weeks["sessions"] == (ones, 0)


def test_sheets_of_one_layout_fill_one_table_together(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    sheet(folder, "clients", ["Client ID", "Admission Date"], [[f"P{n}", "2024-01-01"] for n in range(10)])
    for year in (2024, 2025):
        rows = [[f"P{n}", f"{year}-03-0{1 + n % 9}", "Attended"] for n in range(10)]
        sheet(folder, f"visits_{year}", ["Client ID", "Visit Date", "Attendance"], rows)
    proposal = propose_from(sources_of(folder), Choices(extracted_on=DAY))
    assert counts(folder, proposal, tmp_path)["sessions"] == (20, 0)


def test_visits_that_name_people_find_enrolments_that_have_numbers_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    rows = [[f"E{n}", f"P{n}", "2024-01-01"] for n in range(10)]
    sheet(folder, "enrollments", ["Enrollment ID", "Client ID", "Admission Date"], rows)
    visits = [[f"P{n}", "2024-03-01", "Attended"] for n in range(10)]
    sheet(folder, "visits", ["Client ID", "Visit Date", "Attendance"], visits)
    proposal = propose_from(sources_of(folder), Choices(extracted_on=DAY))
    assert proposal.needs == ()
    assert counts(folder, proposal, tmp_path)["sessions"] == (10, 0)


def test_a_column_that_ties_the_files_is_taken_for_the_person_whatever_it_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    sheet(folder, "clients", ["Kennung", "Admission Date"], [[f"P{n}", "2024-01-01"] for n in range(10)])
    rows = [[f"P{n % 10}", f"2024-03-{1 + n:02d}", "Attended"] for n in range(20)]
    sheet(folder, "visits", ["Kennung", "Visit Date", "Attendance"], rows)
    proposal = propose_from(sources_of(folder), Choices(extracted_on=DAY))
    assert proposal.targets["clients", "Kennung"] == proposal.targets["visits", "Kennung"] == "participant_id"
    assert counts(folder, proposal, tmp_path)["sessions"] == (20, 0)


def test_a_title_of_any_letters_gives_a_mapping_that_reads(tmp_path: Path) -> None:
    proposal = propose_from(sources_of(notes_and_visits(tmp_path / "export")), chosen())
    path = tmp_path / "titled.toml"
    path.write_text(mapping_text(proposal, title='Harbor "House"\\ \n[tables]'), encoding="utf-8")
    assert read_mapping(path).dataset["title"] == 'Harbor "House"\\ \n[tables]'


def test_every_target_has_a_name_of_its_own_and_every_column_a_target() -> None:
    names = targets(REGISTRY)
    assert len(set(names.values())) == len(names)
    for table in schema.loaded_tables():
        for column in table.incoming:
            assert str(column.incoming) in names or f"{table.name}.{column.incoming}" in column_targets()


@pytest.mark.parametrize(
    ("heading", "cells", "kept"), [("WAI tot", (12, 48, 60), (1, 4, 5)), ("GSE mean", (1, 2.5, 4), (10, 25, 40))]
)
def test_sums_become_means_and_means_sums_where_only_that_fits(
    tmp_path: Path, heading: str, cells: tuple[float, ...], kept: tuple[float, ...]
) -> None:
    folder = tmp_path / "export"
    rows = [[f"P{n}", "2024-01-01", "2024-01-09", cells[n % 3]] for n in range(12)]
    sheet(folder, "clients", ["Client ID", "Admission Date", "Survey Date", heading], rows)
    sources = sources_of(folder)
    target = "total:wai_sr" if heading.startswith("WAI") else "total:gse_10"
    choices = Choices(targets={("clients", heading): target}, extracted_on=DAY)
    path = tmp_path / "ours.toml"
    path.write_text(mapping_text(propose_from(sources, choices)), encoding="utf-8")
    load(folder, tmp_path / "home", mapping=path)
    reader = warehouse.open_records(tmp_path / "home")
    totals = [total for (total,) in reader.rows("select distinct total from assessments order by 1")]
    reader.close()
    assert totals == pytest.approx(kept)
    assert evidence.judge(sources[0].columns[3], target, REGISTRY).level == "check"


@pytest.mark.parametrize(
    ("heading", "target"),
    [("WAI-SR avg", "total:wai_sr"), ("wai_s total", "total:wai_s"), ("WAI total", LEAVE_OUT), ("Way home", LEAVE_OUT)],
)
def test_a_questionnaire_named_in_full_is_taken_for_it_and_half_a_name_is_left_to_a_person(
    tmp_path: Path, heading: str, target: str
) -> None:
    rows = [[f"P{n}", "2024-01-01", "2024-01-09", 12 + n if "s total" in heading else 2 + n / 8] for n in range(12)]
    folder = tmp_path / "export"
    sheet(folder, "clients", ["Client ID", "Admission Date", "Survey Date", heading], rows)
    sources = sources_of(folder)
    proposal = propose_from(sources, Choices(extracted_on=DAY))
    assert proposal.targets.get(("clients", heading), LEAVE_OUT) == target
    half = heading == "WAI total"
    assert any("may be a score of WAI-S or WAI-SR" in question for question in proposal.questions) == half
    assert ("WAI-S or WAI-SR" in evidence.judge(sources[0].columns[3], LEAVE_OUT, REGISTRY).text) == half


@pytest.mark.parametrize(
    ("heading", "cells", "kept"),
    [
        ("SRS mean", (2.5, 9, 10), (10, 36, 40)),
        ("phq-9 avg", (0, 1, 3), (0, 9, 27)),
        ("WAI-SR average", (1, 3.5, 5), (1, 3.5, 5)),
    ],
)
def test_a_mean_whose_numbers_would_pass_for_totals_is_read_as_the_mean_it_is(
    tmp_path: Path, heading: str, cells: tuple[float, ...], kept: tuple[float, ...]
) -> None:
    folder = tmp_path / "export"
    rows = [[f"P{n}", "2024-01-01", "2024-01-09", cells[n % 3]] for n in range(12)]
    sheet(folder, "clients", ["Client ID", "Admission Date", "Survey Date", heading], rows)
    proposal = propose_from(sources_of(folder), Choices(extracted_on=DAY))
    assert proposal.targets["clients", heading].startswith("total:")
    path = tmp_path / "ours.toml"
    path.write_text(mapping_text(proposal), encoding="utf-8")
    load(folder, tmp_path / "home", mapping=path)
    reader = warehouse.open_records(tmp_path / "home")
    found = reader.rows("select distinct total, score_origin from assessments order by 1")
    reader.close()
    assert [total for total, _ in found] == pytest.approx(kept)
    assert {origin for _, origin in found} == {"reported_total"}


@pytest.mark.parametrize(
    ("heading", "cells"), [("SRS mean", (20, 36.5, 39)), ("WAI-SR avg", (12, 48.5, 60)), ("Mean score", (2, 3.5, 4))]
)
def test_a_mean_that_is_of_no_scale_is_left_to_a_person_with_the_reason(
    tmp_path: Path, heading: str, cells: tuple[float, ...]
) -> None:
    folder = tmp_path / "export"
    sheet(folder, "clients", ["Client ID", "Admission Date"], [[f"P{n}", "2024-01-01"] for n in range(12)])
    rows = [[f"P{n}", "2024-01-09", "GSE-10", cells[n % 3]] for n in range(12)]
    sheet(folder, "surveys", ["Client ID", "Survey Date", "Instrument", heading], rows)
    proposal = propose_from(sources_of(folder), Choices(extracted_on=DAY))
    assert ("surveys", heading) not in proposal.targets
    assert "total" not in {guess.column for rule in proposal.rules for guess in rule.guesses}
    assert any("surveys.csv: column 4 holds means by its heading" in one for one in proposal.questions)
    column = next(one for one in sources_of(folder) if one.file.stem == "surveys").columns[3]
    assert evidence.judge(column, LEAVE_OUT, REGISTRY).text.endswith("and a mean is no total")


def test_the_highest_sum_stays_within_the_scale_of_every_questionnaire() -> None:
    for one in REGISTRY.values():
        if one.aggregate == "mean":
            assert one.item_max * one.n_items * (1 / one.n_items) <= one.scale_max


SECRETS = ("Zqalpha", "zqbeta@example.org", "555-010-9999", "1961-07-23", "Zqgamma Zqdelta", "86753")


def test_no_cell_is_part_of_evidence_needs_or_a_mapping(tmp_path: Path) -> None:
    headings = ["Client ID", "Sex", "Admission Date", "Notes", "Age", "Reason", "zip", "WAI-SR total", "Unknown"]
    rows: list[Sequence[object]] = [
        [SECRETS[(n + place) % len(SECRETS)] for place in range(len(headings))] for n in range(30)
    ]
    sheet(tmp_path / "export", "clients", headings, rows)
    sources = sources_of(tmp_path / "export")
    said: list[str] = []
    for target in targets(REGISTRY):
        for source in sources:
            said += [evidence.judge(column, target, REGISTRY).text for column in source.columns]
    everything = Choices(targets={("clients", heading): "participants.gender" for heading in headings})
    for choices in (Choices(), chosen(), everything):
        proposal = propose_from(sources, choices)
        said += [mapping_text(proposal), repr(proposal), *(str(need) for need in proposal.needs)]
    said += [repr(sources), *(evidence.shown_heading(column) for source in sources for column in source.columns)]
    spoken = "\n".join(said)
    assert not [secret for secret in SECRETS if secret in spoken]


def test_a_heading_that_looks_like_a_cell_is_shown_by_its_place(tmp_path: Path) -> None:
    rows = [
        ["HH-0001", "2024-01-05", "Jane@example.org", "555-010-9999", "12", "Client ID"],
        ["a", "b", "c", "d", "e", "f"],
    ]
    folder = tmp_path / "export"
    folder.mkdir()
    with (folder / "clients.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    (source,) = sources_of(folder)
    shown = [evidence.shown_heading(column) for column in source.columns]
    assert shown == ["HH-0001", "Column 2", "Column 3", "Column 4", "Column 5", "Client ID"]
    assert evidence.looks_headless(source.columns)


def test_what_speaks_for_a_match_says_of_how_many_filled_cells(tmp_path: Path) -> None:
    rows = [[f"P{n}", "F" if n % 2 else "", n if n % 3 else "", "same"] for n in range(12)]
    folder = tmp_path / "export"
    sheet(folder, "clients", ["Client ID", "Sex", "Age", "Note"], rows)
    _, sex, age, note = sources_of(folder)[0].columns
    assert evidence.judge(sex, "participants.gender", REGISTRY).text == "All 6 filled cells hold 1 word we know"
    assert evidence.judge(age, "participants.age", REGISTRY).text == "All 8 filled cells are whole numbers"
    assert evidence.judge(note, LEAVE_OUT, REGISTRY).text.endswith("in 12 of 12 rows, all alike")


def test_a_person_is_asked_for_month_and_day_where_dates_written_otherwise_stand_among_them(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    days = ["2025-01-03", "2025-01-04", "2025-01-05", "02/03/2025", "04/05/2025"]
    sheet(folder, "people", ["Client ID", "Admission Date"], [[f"P{n}", day] for n, day in enumerate(days)])
    sources = sources_of(folder)
    assert evidence.date_forms(sources[0].column("Admission Date")) == ("month/day/year", "day/month/year")
    said = Choices(dates={("people", "Admission Date"): "day/month/year"}, extracted_on=DAY)
    assert 'enrolled_date = { from = "Admission Date", dates = ["day/month/year"] }' in mapping_text(
        propose_from(sources, said)
    )
