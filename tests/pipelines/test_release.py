"""A release from end to end: what the file holds when opened cold, what a second build keeps, what stops a build."""

import hashlib
import re
import shutil

import duckdb
import numpy as np
import pytest

from pipelines import keys, release, warehouse
from pipelines.disclosure import stranger
from pipelines.disclosure.coin import Coin
from pipelines.disclosure.ledger import ledger_path
from pipelines.disclosure.reader import ReleaseReader
from pipelines.faults import InputFault
from pipelines.questions import Question
from pipelines.release import audit_release, build_release
from tests.pipelines.release_world import World, keep_known_key, key_of, printed, small_spec, world, write_home

PEOPLE = 1_500


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("release")


@pytest.fixture(scope="module")
def made():
    return world(PEOPLE, 11)


@pytest.fixture(scope="module")
def published(folder, made):
    """A data folder with records and a release by the packaged declaration."""
    with key_of(folder):
        write_home(folder / "home", made)
        summary = build_release(folder / "home")
    return folder / "home", summary


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A data folder of one's own with a small declaration: home, declaration, and a function that builds."""
    known_key(tmp_path)
    home, spec = tmp_path / "home", small_spec(tmp_path)
    write_home(home, world(700, 12))
    return home, spec


def known_key(tmp_path):
    """Use a known key: with some keys the coin test holds outcomes back, and releases hold fewer numbers."""
    (tmp_path / "secret").mkdir()
    keep_known_key(tmp_path / "secret")


def content(home):
    return {key: tuple(value) for key, value in printed(home).items()}


def about(home):
    reader = warehouse.open_release(home)
    try:
        return dict(reader.rows("select key, value from about"))
    finally:
        reader.close()


def digest(home, kind="release"):
    return hashlib.sha256(warehouse.current(home, kind).read_bytes()).hexdigest()


COLUMNS = {
    "cells": 9 + 4, "curves": 9 + 6, "means": 9 + 4, "about": 2,
}  # fmt: skip


def test_opened_cold_the_file_holds_protected_numbers_and_nothing_else(published):
    home, _ = published
    con = duckdb.connect(str(warehouse.current(home, "release")), read_only=True)
    tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
    assert sorted(tables) == ["about", "cells", "curves", "means"]
    for table, width in COLUMNS.items():
        names = [name for name, *_ in con.execute(f"describe {table}").fetchall()]
        assert len(names) == width
        assert not [
            name
            for name in names
            if re.search(r"true|person|participant|episode|coach|key|hash|day_0|date", name)
            and (table, name) != ("about", "key")
        ]
    assert con.execute("select count(*) from cells where n < 15 or n % 5 <> 0").fetchone() == (0,)
    assert con.execute("select count(*) from cells where k < 10 or k % 5 <> 0 or k > n - 5").fetchone() == (0,)
    assert con.execute("select count(*) from cells where (n is null) <> (status = 'hidden')").fetchone() == (0,)
    assert con.execute("select count(*) from cells where n is null and k is not null").fetchone() == (0,)
    assert con.execute("select count(*) from curves where n < 20 or events % 5 <> 0 or events >= n").fetchone() == (0,)
    assert con.execute("select count(*) from means where n < 30 or (value is null) <> (n is null)").fetchone() == (0,)
    shown = con.execute("select count(*), count(n) from cells").fetchone()
    assert 1_000 < shown[1] < shown[0]
    con.close()


def test_no_trace_of_a_person_is_in_any_page_of_the_file(published, made):
    home, _ = published
    raw = warehouse.current(home, "release").read_bytes()
    records = warehouse.open_records(home)
    codes = {
        str(value)
        for column in ("episode_id", "participant_id", "coach_id")
        for (value,) in records.rows(f"select distinct {column} from mart_episodes")
    }
    records.close()
    assert len(codes) > 2 * PEOPLE
    assert not re.search(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", raw)
    assert not re.search(rb"20\d\d-\d\d-\d\d", raw)
    assert traces(codes, raw) == 0
    assert traces(codes, warehouse.current(home, "records").read_bytes()) > 2 * PEOPLE


def traces(codes, raw):
    """Count the codes whose halves stand anywhere in `raw`, in the byte orders of a text and of DuckDB."""
    halves = {int(code.replace("-", "")[part : part + 16], 16) for code in codes for part in (0, 16)}
    wanted = np.array(sorted(halves), dtype=np.uint64)
    found = set()
    for start in range(8):
        here = np.frombuffer(raw[start : start + (len(raw) - start) // 8 * 8], dtype="<u8")
        for words in (here, here.byteswap()):
            found |= set(words[np.isin(words, wanted)].tolist())
    return len(found)


def test_the_key_is_in_no_file_of_the_data_folder(published, folder):
    home, _ = published
    with key_of(folder):
        secret = keys.key_path().read_bytes()
        noise = keys.key_for(home)[0].sub_key("noise")
    for path in home.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            for part in (secret, noise):
                assert part not in raw
                assert part.hex().encode() not in raw


def test_the_numbers_are_close_to_the_records_and_never_the_records(published, made):
    home, _ = published
    people = made.episodes[made.episodes["first_attended_day"].notna()]
    cells = {key: value for key, value in printed(home).items() if key[0] == "cells" and key[10] == "people"}
    differences = []
    for (cohort, site), n in people.groupby(["cohort", "site"]).size().items():
        value = cells["cells", cohort, site, *["*"] * 7, "people"][0]
        differences.append(value - n)
    assert max(map(abs, differences)) <= 14
    assert len(set(differences)) > 5


def test_the_summary_says_what_was_shown_and_how_it_was_tested(published):
    _, summary = published
    said = " ".join(summary.sentences())
    assert "holds 4 cohorts" in said
    assert max(summary.coin.coin, summary.coin.shuffled) <= 0.65
    assert summary.coin.outcome_variables >= 1
    assert 0 < summary.shown["people"][0] < summary.shown["people"][1]
    assert not re.search(r"anonym|compliant|zero risk", said, re.IGNORECASE)


def test_a_stranger_may_check_the_release(published):
    home, _ = published
    assert len(audit_release(home)) == 4


def test_building_again_prints_the_same_bytes_of_every_table(small):
    home, spec = small
    build_release(home, spec=spec)
    before, told, ledger = content(home), about(home), ledger_path(home).read_bytes()
    summary = build_release(home, spec=spec)
    assert content(home) == before
    assert about(home) == told
    assert ledger_path(home).read_bytes() == ledger
    assert summary.new_values == 0
    assert summary.version == "release-0002"


def test_without_the_ledger_the_same_key_and_records_still_print_the_same(small, tmp_path):
    home, spec = small
    build_release(home, spec=spec)
    before = content(home)
    other = tmp_path / "elsewhere"
    write_home(other, world(700, 12), order=5)
    build_release(other, spec=spec)
    assert content(other) == before
    assert about(other)["release_id"] == about(home)["release_id"]


def test_another_key_prints_other_numbers(small, tmp_path, monkeypatch):
    home, spec = small
    build_release(home, spec=spec)
    kept = tmp_path / "other" / "key"
    kept.parent.mkdir(mode=0o700)
    kept.write_bytes(bytes(range(32, 64)))
    kept.chmod(0o600)
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(kept))
    other = tmp_path / "elsewhere"
    write_home(other, world(700, 12))
    build_release(other, spec=spec)
    one, two = content(home), content(other)
    assert sum(one[key] != two[key] for key in one) > 100


def grown(n, cohorts, last):
    whole = world(n, 21)
    kept = whole.episodes[whole.episodes["cohort"].isin(cohorts)].copy()
    late = {"2023-H1": 546, "2023-H2": 364, "2024-H1": 182, "2024-H2": 0}
    return World(kept, whole.coaches[whole.coaches["number"].isin(kept["number"])], last), late


def test_a_later_release_never_changes_what_was_published(tmp_path):
    known_key(tmp_path)
    home, spec = tmp_path / "home", small_spec(tmp_path)
    early = ("2023-H1", "2023-H2", "2024-H1")
    first, _ = grown(900, early, "2025-Q2")
    write_home(home, first)
    build_release(home, spec=spec)
    before = content(home)
    later, _ = grown(900, (*early, "2024-H2"), "2025-Q4")
    corrected = later.episodes.copy()
    wrong = corrected.index[corrected["cohort"].eq("2023-H1")][:25]
    corrected.loc[wrong, "gender"] = "undisclosed"
    write_home(home, World(corrected, later.coaches, later.last_quarter))
    summary = build_release(home, spec=spec)
    after = content(home)
    assert summary.cohorts == (*early, "2024-H2")
    blocks = [key for key in before if ".." not in key[1]]
    assert len(blocks) > 500
    assert all(after[key] == before[key] for key in blocks)
    ranges = {key[1] for key in after if ".." in key[1]}
    assert ranges == {"2023-H1..2024-H2"}
    assert ranges.isdisjoint({key[1] for key in before})


def test_an_outcome_that_ripens_joins_numbers_that_stay(tmp_path):
    known_key(tmp_path)
    home, spec = tmp_path / "home", small_spec(tmp_path)
    cohorts = ("2023-H1", "2023-H2", "2024-H1")
    short = world(700, 22, cohorts=cohorts, follow_up=60)
    write_home(home, short)
    build_release(home, spec=spec)
    before = content(home)
    assert not any(key[1] == "2024-H1" and key[10] == "left_early_180" for key in before)
    longer = World(short.episodes.assign(extract_day=short.episodes["extract_day"] + 200), short.coaches)
    write_home(home, longer)
    build_release(home, spec=spec)
    after = content(home)
    assert any(key[1] == "2024-H1" and key[10] == "left_early_180" and value[1] for key, value in after.items())
    assert all(after[key] == value for key, value in before.items() if key in after and ".." not in key[1])
    people = next(
        key for key in after if key[1:3] == ("2024-H1", "*") and key[10] == "people" and set(key[3:10]) == {"*"}
    )
    base = next(
        key for key in after if key[1:3] == ("2024-H1", "*") and key[10] == "left_early_180" and set(key[3:10]) == {"*"}
    )
    assert after[base][0] == after[people][0] == before[people][0]


def refused(home, spec, match):
    former = warehouse.current(home, "release")
    ledger = ledger_path(home)
    state = (former, former and digest(home), ledger.exists() and ledger.read_bytes())
    with pytest.raises(InputFault, match=match):
        build_release(home, spec=spec)
    now = warehouse.current(home, "release")
    assert (now, now and digest(home), ledger.exists() and ledger.read_bytes()) == state
    assert not list((home / "release").glob("building-*"))


def test_before_a_load_there_is_nothing_to_release(tmp_path):
    with pytest.raises(InputFault, match=r"no records yet.*load"):
        build_release(tmp_path / "home")


def test_without_the_key_nothing_is_built(small, monkeypatch, tmp_path):
    home, spec = small
    build_release(home, spec=spec)
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "gone" / "key"))
    refused(home, spec, "key")


def test_records_without_a_note_of_their_key_need_one_that_is_there(tmp_path, monkeypatch):
    home = tmp_path / "home"
    with warehouse.build(home, "records") as con:
        con.execute("create table dataset (key varchar, value varchar)")
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "gone" / "key"))
    with pytest.raises(InputFault, match="key"):
        build_release(home)


def test_a_programme_of_forty_people_gets_no_release(tmp_path):
    home = tmp_path / "home"
    write_home(home, world(40, 5, cohorts=("2024-H1",)))
    refused(home, small_spec(tmp_path), "fewer than 50 people")


def test_a_tampered_ledger_stops_the_build(small):
    home, spec = small
    build_release(home, spec=spec)
    path = ledger_path(home)
    text = path.read_text()
    path.write_text(re.sub(r'"people","2023-H1",(\d+)', r'"people","2023-H1",10\1', text, count=1))
    refused(home, spec, "was changed at line")
    path.write_text("".join(text.splitlines(keepends=True)[:-5]))
    refused(home, spec, "lacks lines")
    path.unlink()
    refused(home, spec, "lacks lines")
    path.write_text(text)
    build_release(home, spec=spec)


def test_a_failed_audit_leaves_the_former_release_in_place(small, monkeypatch):
    home, spec = small
    build_release(home, spec=spec)
    shutil.rmtree(home / "ledger")
    shutil.rmtree(home / "release")
    write_home(home, world(700, 12))
    from pipelines.disclosure import noise

    real = noise.pub
    monkeypatch.setattr(noise, "pub", lambda *a: None if (value := real(*a)) is None else value + 20)
    refused(home, spec, "further from the truth")
    monkeypatch.setattr(noise, "pub", lambda _k, _f, _m, _t, count, _p: 15 if count < 15 else count)
    refused(home, spec, "not rounded")
    monkeypatch.undo()


def test_what_a_stranger_would_find_is_not_published(small, monkeypatch):
    home, spec = small
    real = release._about
    monkeypatch.setattr(release, "_about", lambda *given: {**real(*given), "title": "Ask jo@example.org"})
    refused(home, spec, "an e-mail address")


def test_the_finished_file_is_checked_once_more_before_it_is_current(small, monkeypatch):
    home, spec = small
    build_release(home, spec=spec)
    former, checks = warehouse.current(home, "release"), []

    def second_fails(rows):
        checks.append(rows)
        stranger.raise_if(["something is wrong"] * (len(checks) > 1))

    monkeypatch.setattr(stranger, "as_stranger", second_fails)
    with pytest.raises(InputFault, match="something is wrong"):
        build_release(home, spec=spec)
    assert len(checks) == 2
    assert warehouse.current(home, "release") == former


def test_a_full_disk_while_writing_the_ledger_publishes_nothing(small, monkeypatch):
    home, spec = small

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.disclosure.ledger.os.replace", full)
    refused(home, spec, "Make room")


def test_a_changed_release_file_is_not_opened(small):
    home, spec = small
    build_release(home, spec=spec)
    path = warehouse.current(home, "release")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(raw)
    with pytest.raises(InputFault):
        audit_release(home)


def test_a_declaration_that_loosens_a_rule_builds_nothing(small, tmp_path):
    home, spec = small
    spec.write_text(spec.read_text() + "\n[parameters]\nthreshold = 5\n")
    refused(home, spec, "sets threshold below the limit of 11")


def strict_with_lasting_change(monkeypatch):
    """Let the coin test refuse whatever holds lasting change, and nothing else."""
    real = release.coin_test

    def tested(spec, truth, key):
        refused = any(item.kind == "lasting_change" for item in spec.outcomes)
        return Coin(12, -1, 0.6, 0.7) if refused else real(spec, truth, key)

    monkeypatch.setattr(release, "coin_test", tested)


def test_a_rare_outcome_is_left_out_before_all_are(folder, made, monkeypatch, tmp_path):
    strict_with_lasting_change(monkeypatch)
    with key_of(folder):
        write_home(tmp_path / "home", made)
        summary = build_release(tmp_path / "home")
        assert summary.outcomes_left_out == ("lasting_change_180",)
        assert summary.coin.outcome_variables >= 1
        assert summary.shown["left_early_180"][0] > 0
        assert "lasting_change_180" not in summary.shown
        assert any("lasting_change_180 is left out" in line for line in summary.sentences())
        assert len(audit_release(tmp_path / "home")) == 4
        table = ReleaseReader(tmp_path / "home").ask(Question("known_lasting_change"))
    assert table["status"].tolist() == ["not_applicable"]


@pytest.mark.parametrize("variables", [1, -1])
def test_a_stricter_test_of_the_same_records_publishes_the_same_numbers(made, monkeypatch, tmp_path, variables):
    with key_of(tmp_path):
        write_home(tmp_path / "home", made)
        assert build_release(tmp_path / "home").coin.outcome_variables == 2
        before = printed(tmp_path / "home")
        about = ReleaseReader(tmp_path / "home").about()
        monkeypatch.setattr(release, "coin_test", lambda *_: Coin(8, variables, 0.6, 0.7))
        again = build_release(tmp_path / "home")
        assert printed(tmp_path / "home") == before
        assert again.new_values == 0
        assert len(audit_release(tmp_path / "home")) == 4
        assert ReleaseReader(tmp_path / "home").about()["outcome_pairs"] == about["outcome_pairs"] != ()
    assert [line for line in again.sentences() if line.startswith("No new outcomes")]
    assert "Outcomes that earlier releases hold stay as they were." in again.sentences()
    assert "those that earlier releases hold stay as they were" in again.risk_report.read_text()


def test_what_was_published_before_is_not_left_out_silently(made, monkeypatch, tmp_path):
    (tmp_path / "key").write_bytes(bytes(range(32)))  # a key with which the first release holds every outcome
    (tmp_path / "key").chmod(0o600)
    with key_of(tmp_path):
        write_home(tmp_path / "home", made)
        first = build_release(tmp_path / "home")
        assert first.outcomes_left_out == ()
        strict_with_lasting_change(monkeypatch)
        again = build_release(tmp_path / "home")
    assert again.outcomes_left_out == ()
    assert again.coin.outcome_variables == -1
