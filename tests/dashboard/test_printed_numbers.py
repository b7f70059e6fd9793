"""Whoever has the files of a release can work out every number on its pages again.

Referee: the data package as a stranger gets it, its README for the width of the noise, and arithmetic on its columns.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard import exports
from dashboard.answers import Question
from dashboard.data_package import tables_zip
from dashboard.report import questions
from pipelines.disclosure.reader import ReleaseReader
from pipelines.release import build_release
from tests.pipelines.release_world import keep_known_key, key_of, world, write_home

Z = 1.959963984540054
OPEN = ("shown", "rough")
Package = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("printed")
    keep_known_key(folder)
    with key_of(folder):
        write_home(folder / "home", world(4_000, 51, follow_up=400))
        build_release(folder / "home")
        yield folder / "home"


@pytest.fixture(scope="module")
def reader(home: Path) -> ReleaseReader:
    return ReleaseReader(home)


@pytest.fixture(scope="module")
def archives(reader: ReleaseReader, home: Path) -> Callable[[Question], zipfile.ZipFile]:
    def archive(question: Question) -> zipfile.ZipFile:
        export = exports.prepare(reader.ask, reader.about(), question, "package", home)
        return zipfile.ZipFile(io.BytesIO(export.content()))

    return archive


@pytest.fixture(scope="module")
def package(archives: Callable[[Question], zipfile.ZipFile], reader: ReleaseReader) -> Package:
    """Return a function that gives data.csv of a package, which holds every row of the screen."""

    def frame(measure: str, *by: str, where: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> pd.DataFrame:
        question = Question(measure, by, where)
        table = csv(archives(question).read("data.csv"))
        assert len(table) == len(reader.ask(question))
        return table

    return frame


@pytest.fixture(scope="module")
def variance(archives: Callable[[Question], zipfile.ZipFile]) -> float:
    """Variance of a printed count: its README says the largest error, which is the noise and half a step of 5."""
    said = archives(Question("stayed_share")).read("README.md").decode()
    found = re.search(r"noise \(within (\d+), mostly within 5\)", said)
    assert found is not None
    width = int(found[1]) - 2
    return width * (width + 2) / 6 + 2


def csv(content: bytes) -> pd.DataFrame:
    texts = dict.fromkeys(("level", "series", "grouping"), str)
    table = pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""], dtype=texts)
    return table.assign(**{name: table[name].fillna("") for name in texts})


def shares_left(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of shares who stayed: `events` of `n` printed people had left."""
    rows = table[table["stat"].eq("share") & table["status"].isin(OPEN) & table["shape"].isin(["point", "cell"])]
    assert len(rows)
    return rows


def margin(k: pd.Series, n: pd.Series, variance: float) -> pd.Series:
    q = k / n
    return Z * np.sqrt(q * (1 - q) / n + variance * (1 + q**2) / n**2)


def assert_range(rows: pd.DataFrame, exact: pd.Series, half: pd.Series, near: float = 0.0011) -> None:
    """The range lies around the exact value, within 0 and 1 and with the printed estimate in it, rounded outwards."""
    lower = np.minimum((exact - half).clip(0, 1), rows["estimate"])
    upper = np.maximum((exact + half).clip(0, 1), rows["estimate"])
    np.testing.assert_allclose(rows["lower"], lower, atol=near)
    np.testing.assert_allclose(rows["upper"], upper, atol=near)


def assert_shares(rows: pd.DataFrame, variance: float) -> None:
    k, n = rows["events"], rows["n"]
    np.testing.assert_allclose(rows["estimate"], 1 - (k / n).round(2), atol=1e-9)
    assert_range(rows, 1 - k / n, margin(k, n, variance))
    assert (rows["status"].eq("rough") == n.lt(100)).all()
    assert n.ge(50).all()


@pytest.mark.parametrize("by", [(), ("gender",), ("site",), ("cohort",), ("alliance_band",)])
def test_shares_who_stayed_are_those_of_two_printed_counts(
    package: Package, variance: float, by: tuple[str, ...]
) -> None:
    table = package("stayed_share", *by)
    rows = shares_left(table)
    assert_shares(rows, variance)
    gaps = table[table["stat"].eq("difference") & table["status"].isin(OPEN)]
    assert (len(gaps) > 0) == bool(by)
    for gap in gaps.itertuples():
        here = rows[rows["x"].eq(gap.x)].set_index("level")
        one, other = (here.loc[name] for name in gap.level.split("|"))
        assert gap.estimate == pytest.approx(one["estimate"] - other["estimate"])
        exact = other["events"] / other["n"] - one["events"] / one["n"]
        half = np.hypot(*(margin(side["events"], side["n"], variance) for side in (one, other)))
        assert gap.lower == pytest.approx(min(exact - half, gap.estimate), abs=0.0011)
        assert gap.upper == pytest.approx(max(exact + half, gap.estimate), abs=0.0011)
        assert (gap.n, gap.events) == (one["n"] + other["n"], one["events"] + other["events"])


@pytest.mark.parametrize("by", [(), ("site",), ("cohort",), ("self_efficacy_band",)])
def test_the_curve_is_the_life_table_of_its_own_rows(package: Package, variance: float, by: tuple[str, ...]) -> None:
    table = package("staying_curve", *by)
    lines = table[table["shape"].eq("line") & table["status"].isin(OPEN)].sort_values("x")
    followed = table[table["stat"].eq("at_risk")].set_index(["level", "x"])["estimate"]
    assert lines["level"].nunique() == (1 if not by else len(set(lines["level"])))
    for level, line in lines.groupby("level"):
        line = line.reset_index(drop=True)
        assert (followed.loc[level].reindex(line["x"]).to_numpy() == line["n"]).all()
        people = line["n"].iloc[0]
        censored = people - line["n"] - line["events"]
        new = line["events"].diff().fillna(0)
        at_risk = (line["n"].shift() - censored.diff() / 2).fillna(people)
        share = (1 - new / at_risk).cumprod()
        greenwood = (new / (at_risk * (at_risk - new))).cumsum()
        half = Z * np.sqrt(share**2 * greenwood + variance * (1 + (1 - share) ** 2) / people**2)
        np.testing.assert_allclose(line["estimate"], share, atol=0.0006)
        assert_range(line.iloc[1:], share.iloc[1:], half.iloc[1:], 0.0016)  # around the share as printed


def test_the_heat_map_is_that_of_its_printed_counts(package: Package, variance: float) -> None:
    table = package("stayed_by_alliance_and_self_efficacy")
    cells = shares_left(table)
    assert_shares(cells, variance)
    assert len(cells) > 5
    corners = cells.set_index("level").loc[["higher|higher", "lower|lower"]]
    gap = table[table["stat"].eq("difference")].iloc[0]
    assert gap["estimate"] == pytest.approx(corners["estimate"].iloc[0] - corners["estimate"].iloc[1])


@pytest.mark.parametrize("construct", ["alliance", "self_efficacy"])
def test_staying_by_score_is_that_of_two_other_files(package: Package, variance: float, construct: str) -> None:
    """A dot stands at the printed mean of its band, as high as the share of that band; the line is fitted to them."""
    table = package(f"dose_response_{construct}")
    dots = table[table["shape"].eq("point")].set_index("level")
    means = package(f"early_{construct}", f"{construct}_band")
    means = means[means["stat"].eq("mean")].set_index("level")["estimate"]
    staying = package("stayed_share", f"{construct}_band")
    staying = shares_left(staying[staying["x"].eq(150)]).set_index("level")
    bands = ["lower", "middle", "higher"]
    assert dots.index.tolist() == bands
    assert dots["x"].tolist() == means[bands].tolist()
    for name in ("estimate", "lower", "upper", "n", "events"):
        assert dots[name].tolist() == staying.loc[bands, name].tolist()
    n, k = dots["n"], dots["events"]
    offset = dots["x"] - np.average(dots["x"], weights=n)
    lever = 100 * n * offset / (n * offset**2).sum()
    slope = table[table["stat"].eq("slope")].iloc[0]
    half = np.sqrt((lever**2 * margin(k, n, variance) ** 2).sum())
    middle = (lever * (1 - k / n)).sum()
    assert slope[["estimate", "lower", "upper"]].tolist() == pytest.approx(
        [middle, middle - half, middle + half], rel=1e-6
    )


def test_shares_of_bands_and_answers_are_those_of_printed_people(package: Package, variance: float) -> None:
    bands = package("early_alliance")
    bands = bands[bands["series"].eq("band")]
    answers = package("response_rate")
    for rows, parts, chosen in ((bands, 3, 1), (answers[answers["series"].eq("alliance")], 4, 3)):
        n, q = rows["n"], rows["events"] / rows["n"]
        np.testing.assert_allclose(rows["estimate"], q.round(2), atol=1e-9)
        noise = variance * (chosen * (1 - q) ** 2 + (parts - chosen) * q**2) / n**2
        assert_range(rows, q, Z * np.sqrt(q * (1 - q) / n + noise))
    assert (bands["events"].sum() == bands["n"]).all()


@pytest.mark.parametrize("construct", ["alliance", "self_efficacy"])
def test_the_range_of_a_mean_joins_spread_noise_and_grain(
    package: Package, reader: ReleaseReader, construct: str
) -> None:
    """The spread is that of the printed bands, scores taken as even within a band; the scale is public."""
    scale = reader.about()["instruments"][construct]
    low, high, first, second = (scale[name] for name in ("scale_min", "scale_max", "band_low", "band_high"))
    mean = package(f"early_{construct}")
    mean = mean[mean["stat"].eq("mean")].iloc[0]
    bands = package(f"early_{construct}", f"{construct}_band")
    bands = bands[bands["stat"].eq("mean")].set_index("level").loc[["lower", "middle", "higher"]]
    widths = np.array([first - low, second - first, high - second])
    centre = np.average(bands["estimate"], weights=bands["n"])
    spread = np.average((bands["estimate"] - centre) ** 2 + widths**2 / 12, weights=bands["n"])
    n = mean["n"]
    step = next(d * 10.0**p for p in range(-4, 3) for d in (1, 2, 5) if d * 10.0**p >= 2 * (high - low) / n - 1e-9)
    assert mean["estimate"] / step == pytest.approx(round(mean["estimate"] / step), abs=1e-6)
    half = Z * np.sqrt(spread / n + 3 * (high - low) ** 2 / n**2 + step**2 / 12)
    assert mean["lower"] == pytest.approx(mean["estimate"] - half, abs=0.001)
    assert mean["upper"] == pytest.approx(mean["estimate"] + half, abs=0.001)


def test_attendance_is_the_ratio_of_its_printed_sessions_as_near_as_they_are_printed(package: Package) -> None:
    row = package("attendance_rate").iloc[0]
    assert row[["n", "events"]].mod(100).eq(0).all()
    assert row["estimate"] == pytest.approx(row["events"] / row["n"], abs=0.006 + 100 / row["n"])


def test_lasting_change_is_the_share_of_two_printed_counts(package: Package, variance: float) -> None:
    rows = package("known_lasting_change")
    rows = rows[rows["status"].isin(OPEN)]
    assert len(rows)
    np.testing.assert_allclose(rows["estimate"], (rows["events"] / rows["n"]).round(2), atol=1e-9)
    assert_range(rows, rows["events"] / rows["n"], margin(rows["events"], rows["n"], variance))


def test_the_tables_behind_the_report_hold_the_numbers_of_the_packages(reader: ReleaseReader, package: Package) -> None:
    asked = list(questions())
    archive = zipfile.ZipFile(io.BytesIO(tables_zip([(one, reader.ask(one)) for one in asked], reader.about())))
    compared = 0
    for question in asked:
        groups = "_by_" + "_and_".join(question.by) if question.by else ""
        mine = csv(archive.read(f"{question.measure}{groups}.csv"))
        pd.testing.assert_frame_equal(mine, package(question.measure, *question.by, where=question.where))
        compared += mine["estimate"].notna().sum()
    assert compared > 30
