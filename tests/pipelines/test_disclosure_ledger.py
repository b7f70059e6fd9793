"""The ledger: a chain that notices every change, and writes all or nothing."""

import json

import pytest

from pipelines.disclosure.ledger import NOISE_WIDTH, Entry, append, extended, ledger_path, read_ledger
from pipelines.faults import InputFault

FIRST = [
    Entry("cohort=2024-H1", "people", "2024-H1", 120),
    Entry("cohort=2024-H1;site=Ash;gender=woman", "people", "2024-H1", None),
    Entry("cohort=2024-H1", "left_early@30", "2024-H1", [20, 0]),
    Entry("4", NOISE_WIDTH, "", 8),
]


@pytest.fixture
def written(tmp_path):
    path = ledger_path(tmp_path)
    lines, head = extended(read_ledger(path), FIRST, "abc")
    append(read_ledger(path), lines)
    return path, head


def test_what_is_written_is_read_back(written):
    path, head = written
    ledger = read_ledger(path)
    assert (ledger.head, ledger.length) == (head, 4)
    assert ledger.values["cohort=2024-H1", "people"] == 120
    assert ledger.values["cohort=2024-H1;site=Ash;gender=woman", "people"] is None
    assert ("people", "2024-H1") in ledger.blocks
    assert ledger.noise_width == 8
    assert ledger.categories("site") == ["Ash"]


def test_a_second_release_is_written_behind_the_first(written):
    path, _ = written
    before = path.read_bytes()
    ledger = read_ledger(path)
    lines, head = extended(ledger, [Entry("cohort=2024-H2", "people", "2024-H2", 80)], "def")
    append(ledger, lines)
    assert path.read_bytes().startswith(before)
    assert read_ledger(path).head == head
    assert ledger.head in read_ledger(path).hashes


def test_it_can_be_read_by_its_owner_alone(written):
    assert written[0].stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0].replace("120", "125"), *lines[1:]],
        lambda lines: [lines[0].replace("2024-H1", "2024-H2", 1), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
        lambda lines: [*lines[:-1], lines[-1][:-40]],
        lambda lines: [*lines, "[]\n"],
        lambda lines: [*lines, "not json\n"],
    ],
    ids=["value", "label", "first gone", "middle gone", "swapped", "doubled", "cut short", "empty entry", "nonsense"],
)
def test_every_change_is_noticed(written, change):
    path, _ = written
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))
    with pytest.raises(InputFault, match=r"line|middle") as caught:
        read_ledger(path)
    assert "125" not in str(caught.value).replace(str(path), "")


def test_a_chain_forged_from_the_middle_on_does_not_hold(written):
    path, _ = written
    lines = path.read_text().splitlines(keepends=True)
    entry = json.loads(lines[1])
    entry[4] = 15
    path.write_text(lines[0] + json.dumps(entry, separators=(",", ":")) + "\n" + "".join(lines[2:]))
    with pytest.raises(InputFault):
        read_ledger(path)


def test_no_label_is_published_twice(written):
    path, _ = written
    ledger = read_ledger(path)
    lines, _ = extended(ledger, [FIRST[0]._replace(value=125)], "def")
    append(ledger, lines)
    with pytest.raises(InputFault, match="was changed at line 5"):
        read_ledger(path)


def test_a_folder_that_cannot_be_written_leaves_the_ledger_as_it_was(written, monkeypatch):
    path, _ = written
    before = path.read_bytes()
    ledger = read_ledger(path)
    lines, _ = extended(ledger, [Entry("x", "people", "b", 15)], "r")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.disclosure.ledger.os.fsync", full)
    with pytest.raises(InputFault, match="Make room"):
        append(ledger, lines)
    assert path.read_bytes() == before
