"""The audit finds every broken rule: each cell is spoilt in one way, and the audit must name it."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.disclosure import audit, bounds, stranger
from pipelines.disclosure.build import protect
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.press import Press
from pipelines.disclosure.spec import load_spec
from pipelines.faults import InputFault
from pipelines.release import FOOTNOTE, _write, is_shown
from tests.pipelines.release_world import KEY, settled, small_spec, world

NOBODY = Ledger(Path("none"))
ABOUT = {
    "format": "1", "release_id": "abcdefabcdef", "title": "Test", "demonstration": "true", "records_to": "2026-Q2",
    "noise": "8", "outcome_variables": "2", "coin_test": "{}", "shown": "{}", "scales": "[]", "footnote": FOOTNOTE,
    "ledger_head": "0" * 64, "ledger_length": "0", "new_episode_after_days": "", "contact_types": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    spec = load_spec(small_spec(tmp_path_factory.mktemp("spec")))
    plan, truth = settled(world(900, 4), spec=spec)
    return plan, truth, protect(plan, truth, Press(KEY, plan.parameters, NOBODY), outcome_variables=2)


def stored(plan, cells, **about):
    con = warehouse.memory_connection()
    _write(con, cells, {**ABOUT, "spec": plan.text(), **about})
    return lambda sql: con.execute(sql).fetchall(), con


@pytest.fixture(scope="module")
def file(built):
    return stored(built[0], built[2])


def as_rows(cells):
    """Return a function that gives back what a file with `cells` would hold, without writing one."""
    tables = {"cells": [], "curves": [], "means": []}
    for c in cells:
        tables[c.table].append((c.text, c.measure, c.day, *c.values, "shown" if is_shown(c) else "hidden"))
    return lambda sql: tables[sql.rsplit(" ", 1)[1]]


def check(built, cells, ledger=NOBODY):
    plan, truth, _ = built
    audit.against_truth(as_rows(cells), plan, truth, cells, ledger, b"seed")


def spoilt(cells, wanted, **changes):
    at = next(i for i, c in enumerate(cells) if wanted(c))
    return [*cells[:at], cells[at]._replace(**changes), *cells[at + 1 :]], cells[at]


def people(c):
    return c.measure == "people" and c.values[0] is not None and c.values[0] > 60


def outcome(c):
    return c.measure == "left_early_90" and c.values[1] is not None


def mean(c):
    return c.table == "means" and c.values[1] is not None


def point(c):
    return c.table == "curves" and c.values[1] is not None


def test_a_sound_release_passes(built, file):
    check(built, built[2])
    said = stranger.as_stranger(file[0])
    assert "schema as declared" in said[0]


BREACHES = {
    "too few people": (people, {"true": (10, 0), "values": (15, None)}, "fewer people than the threshold"),
    "too far off": (people, {"true": (200, 0), "values": (185, None)}, "further from the truth"),
    "not rounded": (people, {"true": (61, 0), "values": (62, None)}, "not rounded"),
    "under the printed minimum": (people, {"true": (11, 0), "values": (10, None)}, "printed minimum"),
    "one side of an outcome": (outcome, {"true": (40, 30), "values": (40, 30)}, "too few are without it"),
    "coaches": (outcome, {"ruled": False}, "coaches are too few"),
    "hidden base": (outcome, {"true": (80, 40), "values": (None, 40)}, "its base is hidden"),
    "reaches its base": (outcome, {"true": (80, 45), "values": (45, 45)}, "reaches its printed base"),
    "few still followed": (
        point,
        {"true": (100, 40, 45), "values": (100, 40, 0)},
        "too few people who are still followed",
    ),
    "mean of few": (mean, {"true": (29, 4.0)}, "too few people or coaches"),
    "mean and coaches": (mean, {"ruled": False}, "too few people or coaches"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_every_breach_against_the_truth_is_found(built, name):
    wanted, changes, rule = BREACHES[name]
    cells, _ = spoilt(built[2], wanted, **changes)
    with pytest.raises(InputFault, match=rule):
        check(built, cells)


def test_a_mean_without_noise_bound_is_found(built):
    cells, cell = spoilt(built[2], mean)
    cells, _ = spoilt(built[2], mean, values=(cell.values[0], cell.values[1] + 2))
    with pytest.raises(InputFault, match="mean is further"):
        check(built, cells)


def test_a_true_count_that_was_counted_wrong_is_found(built):
    whole = built[0].ranges[0].label
    off = [
        c._replace(true=(c.true[0] + 5, *c.true[1:]))
        if c.measure == "people" and c.text.startswith(f"cohort={whole}")
        else c
        for c in built[2]
    ]
    with pytest.raises(InputFault, match="counting people one by one"):
        check(built, off)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("update cells set n = n + 5 where rowid = (select min(rowid) from cells where n > 20)", "not the printed one"),
        ("delete from means", "every declared cell exactly once"),
        ("insert into means select * from means", "every declared cell exactly once"),
    ],
)
def test_the_file_must_hold_what_was_printed(built, file, change, rule):
    plan, truth, cells = built
    rows, con = file
    con.execute("begin")
    try:
        con.execute(change)
        with pytest.raises(InputFault, match=rule):
            audit.against_truth(rows, plan, truth, cells, NOBODY, b"seed")
    finally:
        con.execute("rollback")


def test_a_copy_must_be_the_published_value(built):
    cells, cell = spoilt(built[2], people, copied=True)
    good = Ledger(Path("none"), values={(cell.text, "people"): cell.values[0]})
    check(built, cells, good)
    with pytest.raises(InputFault, match="not the one of the ledger"):
        check(built, cells, Ledger(Path("none"), values={(cell.text, "people"): cell.values[0] + 5}))
    with pytest.raises(InputFault, match="not the one of the ledger"):
        check(built, cells, NOBODY)


SPOILERS = {
    "another table": ("create table people (participant_id varchar)", "other tables"),
    "another column": ("alter table cells add column true_n integer", "other tables"),
    "a view": ("create view v as select 1 as one", "other tables"),
    "a status that lies": (
        "update cells set status = 'shown' where n is null and measure = 'people'",
        "a status does not say",
    ),
    "n of a hidden outcome": (
        "update cells set n = 50 where measure = 'left_early_90' and k is null",
        "a status does not say",
    ),
    "a number that is not rounded": ("update cells set n = 17 where n = 15", "below the minimum or not rounded"),
    "a small number": (
        "update cells set n = 10 where n = 15 and measure = 'people'",
        "below the minimum or not rounded",
    ),
    "an outcome above its base": ("update cells set k = n where k is not null", "outcome does not fit"),
    "a count of an outcome in people": (
        "update cells set k = 15 where measure = 'people' and n > 100",
        "outcome does not fit",
    ),
    "an undeclared category": ("update cells set gender = 'unsaid' where gender = 'woman'", "something undeclared"),
    "an undeclared cohort": ("update cells set cohort = '1999-H1' where cohort = '2023-H1'", "something undeclared"),
    "a category that is null": (
        "alter table cells alter gender drop not null; update cells set gender = null where gender = 'woman'",
        "something undeclared",
    ),
    "four variables": (
        "update cells set site = 'Ashgrove' where measure = 'left_early_90' and alliance_band <> '*'",
        "more variables",
    ),
    "a cell twice": ("insert into cells select * from cells where measure = 'people' limit 1", "there twice"),
    "a cell missing": (
        "delete from cells where gender = 'woman' and measure = 'people' and site = '*'",
        "cell is missing",
    ),
    "a curve above its people": ("update curves set events = n where n is not null", "point of a curve"),
    "a person's code": (
        "update about set value = '6f9619ff-8b86-d011-b42d-00c04fc964ff' where key = 'title'",
        "a code",
    ),
    "a date": ("update about set value = 'to 2026-06-30' where key = 'title'", "a date"),
    "a long number": ("update about set value = 'call 5551234567' where key = 'title'", "a long number"),
    "an address": ("update about set value = 'ask jo@example.org' where key = 'title'", "an e-mail address"),
    "another format": ("update about set value = '7' where key = 'format'", "another format"),
    "something more about it": ("insert into about values ('true_people', '812')", "another format"),
}


@pytest.mark.parametrize("name", SPOILERS)
def test_a_stranger_finds_what_is_wrong_without_the_records(file, name):
    rows, con = file
    con.execute("begin")
    try:
        change, rule = SPOILERS[name]
        con.execute(change)
        with pytest.raises(InputFault, match=rule):
            stranger.as_stranger(rows)
    finally:
        con.execute("rollback")


def test_a_breach_never_quotes_a_number(built):
    cells, _ = spoilt(built[2], people, true=(199, 0), values=(185, None))
    with pytest.raises(InputFault) as caught:
        check(built, cells)
    assert "199" not in str(caught.value)
    assert "185" not in str(caught.value)


def test_looser_noise_than_declared_is_found(built):
    plan, truth, cells = built
    narrow = replace(plan, parameters=replace(plan.parameters, noise=1))
    with pytest.raises(InputFault, match="further from the truth"):
        audit.against_truth(as_rows(cells), narrow, truth, cells, NOBODY, b"seed")


def test_hidden_people_that_follow_from_a_printed_sum_stop_the_release(built):
    plan, _, cells = built
    counted = [c for c in cells if c.measure == "people"]
    sums = bounds._sums(plan, [frozenset(c.categories.items()) for c in counted])
    splits = ((counted[at], [counted[i] for i in sums.parts[[row]].indices]) for row, at in enumerate(sums.wholes))
    whole, parts = next(
        (cell, split)
        for cell, split in splits
        if all(part.values[0] is None for part in split) and any(part.true[0] for part in split)
    )
    high = 10.0 * len(parts) + 10
    follows, _ = spoilt(cells, lambda c: c is whole, values=(high, None))
    with pytest.raises(InputFault, match="follows from printed ones"):
        check(built, follows)
