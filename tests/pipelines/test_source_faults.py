"""Broken exports of other systems: refused by name, or the row counted under its rule; never a value, never lost."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.summary import LoadSummary
from tests.pipelines.exporters import gpra, redcap, treatment_episodes
from tests.pipelines.exporters.sample_people import Row, mapping_of, some_people, write_file

FEW = 70
"""One person in so many, beside those of every exit: some 50."""


def changed(source: Path, folder: Path, file: str, change: Callable[[list[Row]], None]) -> Path:
    """Copy an export with one file changed row by row."""
    copy = shutil.copytree(source, folder / "changed")
    with (copy / file).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    change(rows)
    write_file(copy / file, list(rows[0]), rows)
    return copy


def without(column: str) -> Callable[[list[Row]], None]:
    def change(rows: list[Row]) -> None:
        for row in rows:
            del row[column]

    return change


def one_cell(column: str, text: str, **having: str) -> Callable[[list[Row]], None]:
    def change(rows: list[Row]) -> None:
        row = next(row for row in rows if row[column] and all(row[name] == value for name, value in having.items()))
        row[column] = text

    return change


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every format once, written without loading it."""
    folder = tmp_path_factory.mktemp("exports")
    teds, wits = treatment_episodes.as_held_by_teds, treatment_episodes.as_held_by_wits
    return {
        "redcap": redcap.write(redcap.as_held(some_people(FEW)), folder / "redcap"),
        "gpra_classic": gpra.write(gpra.as_held(some_people(FEW)), folder / "gpra"),
        "teds_like": treatment_episodes.write_teds(teds(some_people(FEW)), folder / "teds"),
        "wits_like": treatment_episodes.write_wits(wits(some_people(FEW)), folder / "wits"),
    }


REFUSED = {
    "redcap without a column": ("redcap", "redcap.csv", without("session_held"), "has no column session_held"),
    "redcap with labels": ("redcap", "redcap.csv", one_cell("gender", "Woman"), "hold labels instead of codes"),
    "redcap with a mail address in a kept column": (
        "redcap",
        "redcap.csv",
        one_cell("program", "ask z@example.org"),
        "holds e-mail addresses",
    ),
    "gpra without a column": ("gpra_classic", "gpra.csv", without("ClientID"), "cannot be run: Binder Error"),
    "teds without a column": ("teds_like", "discharge.csv", without("REASON"), "has no column REASON"),
    "wits without a column": ("wits_like", "admission.csv", without("Facility"), "has no column Facility"),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, exports: dict[str, Path], case: str) -> None:
    packaged, file, change, rule = REFUSED[case]
    export = changed(exports[packaged], tmp_path, file, change)
    with pytest.raises(InputFault) as raised:
        load(export, tmp_path / "home", mapping=mapping_of(tmp_path, packaged), dry_run=True)
    assert any(rule in fault.rule for fault in raised.value.faults), raised.value.faults
    assert "z@example.org" not in str(raised.value)


@pytest.mark.parametrize("packaged", ["redcap", "gpra_classic", "teds_like", "wits_like"])
def test_a_packaged_mapping_asks_for_the_day_of_the_export(
    tmp_path: Path, exports: dict[str, Path], packaged: str
) -> None:
    with pytest.raises(InputFault) as raised:
        load(exports[packaged], tmp_path / "home", mapping=packaged, dry_run=True)
    (fault,) = raised.value.faults
    assert (fault.where, fault.rule) == (f"{packaged}.toml, settings.extract_date", "is not said")
    assert f'extends = "{packaged}"' in fault.remedy


COUNTED = {
    "a status nobody declared in redcap": (
        "redcap",
        "redcap.csv",
        "session_status",
        "77",
        "category_not_recognised",
        1,
    ),
    "an event nobody declared in redcap": ("redcap", "redcap.csv", "contact_type", "77", "unknown_category", 1),
    "an answer out of range in redcap": ("redcap", "redcap.csv", "gse_1", "9", "item_out_of_range", 2),
    "a termination in gpra": (
        "gpra_classic",
        "gpra.csv",
        "DischargeStatusTermReason",
        "77",
        "category_not_recognised",
        1,
    ),
    "a discharge in gpra": ("gpra_classic", "gpra.csv", "DischargeStatusCompl", "3", "category_not_recognised", 1),
    "a reason in teds": ("teds_like", "discharge.csv", "REASON", "77", "category_not_recognised", 1),
    "a date in teds": ("teds_like", "discharge.csv", "DischargeDate", "31/31/2025", "bad_date", 1),
    "an attendance in wits": ("wits_like", "encounter.csv", "Attendance", "Came late", "category_not_recognised", 1),
    "an admission unknown in wits": ("wits_like", "encounter.csv", "IntakeCaseNumber", "X", "unknown_reference", 1),
}
"""Mapping, file, column, what it holds, rule, and rows of all tables that break it more than before."""
ONLY_OF = {"DischargeStatusTermReason": {"DischargeStatusCompl": "2"}}


@pytest.fixture(scope="module")
def whole(exports: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, LoadSummary]:
    """What a load of every format says before anything is broken."""
    folder = tmp_path_factory.mktemp("whole")
    return {
        packaged: load(export, folder / "home", mapping=mapping_of(folder / packaged, packaged), dry_run=True)
        for packaged, export in exports.items()
    }


@pytest.mark.parametrize("case", COUNTED, ids=str)
def test_a_code_nobody_declared_is_counted_under_its_rule(
    tmp_path: Path, exports: dict[str, Path], whole: dict[str, LoadSummary], case: str
) -> None:
    packaged, file, column, text, rule, rows = COUNTED[case]
    export = changed(exports[packaged], tmp_path, file, one_cell(column, text, **ONLY_OF.get(column, {})))
    after = load(export, tmp_path / "home", mapping=mapping_of(tmp_path, packaged), dry_run=True)
    counts = [sum(each.rows for each in told.rules if each.rule == rule) for told in (whole[packaged], after)]
    assert counts[1] == counts[0] + rows
    assert whole[packaged].rows_in == after.rows_in
