"""Build the release: records in, protected numbers out, nothing published before the audit has passed.

Order of things: read the people, test with coins how much noise is needed, print every declared cell, write a new
file, audit it, write the ledger, and only then does the file become the current release.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipelines import demonstration, keys, warehouse
from pipelines.disclosure import audit, stranger
from pipelines.disclosure.build import protect
from pipelines.disclosure.coin import LIMIT, Coin, coin_test
from pipelines.disclosure.ledger import (
    NOISE_WIDTH,
    Entry,
    Ledger,
    append,
    extended,
    fault_of_missing_end,
    ledger_path,
    read_ledger,
)
from pipelines.disclosure.noise import keyed
from pipelines.disclosure.people import People, read_people
from pipelines.disclosure.plan import settle
from pipelines.disclosure.press import Cell, Press
from pipelines.disclosure.risk_report import Evidence, risk_report
from pipelines.disclosure.spec import COUNTS, DIMENSION_NAMES, FORMAT, PEOPLE, Spec, load_spec
from pipelines.disclosure.truth import Truth, gather
from pipelines.faults import Fault, InputFault
from pipelines.progress import Progress, silent

if TYPE_CHECKING:
    import duckdb

RARE = "lasting_change"
"""Kind of the outcome that is given up first: few people have it, so that each of them is easier to find."""

FOOTNOTE = (
    "Disclosure-controlled statistics. Groups under {threshold} are not shown, numbers carry deliberate noise (within "
    "{error}, mostly within {step}) and are rounded to {step}, so they do not add up exactly. Do not try to identify "
    "anyone."
)

SCALE = ("construct", "instrument_id", "name", "scale_min", "scale_max", "band_low", "band_high", "verified")
"""What a release says of the questionnaire that stands for a construct, in the order of chosen_instruments.sql."""


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """What a release holds and left out, and what the tests before it found; for the operator, not for publication.

    `split_before` is by how many dimensions earlier releases split outcomes, as `Coin.outcome_variables` says it.
    """

    version: str
    release_id: str
    cohorts: tuple[str, ...]
    left_out: Mapping[str, str]
    shown: Mapping[str, tuple[int, int]]
    coin: Coin
    alone: float
    in_small_classes: float
    new_values: int
    split_before: int = -1
    outcomes_left_out: tuple[str, ...] = ()
    risk_report: Path | None = None

    def sentences(self) -> list[str]:
        """Return the summary in plain sentences, one per line."""
        lines = [f"{self.version} ({self.release_id}) holds {len(self.cohorts)} cohorts: {', '.join(self.cohorts)}."]
        lines += [f"Left out: {cohort}, which {reason}." for cohort, reason in self.left_out.items()]
        lines += [
            f"{name}: {shown:,} of {declared:,} declared cells shown." for name, (shown, declared) in self.shown.items()
        ]
        lines += [
            f"{name} is left out: with it no setting would have kept single people safe."
            for name in self.outcomes_left_out
        ]
        new = " new" if self.split_before > self.coin.outcome_variables else ""
        if self.coin.outcome_variables < 0:
            lines.append(f"No{new} outcomes: even the strictest setting would have told too much about single people.")
        elif self.coin.outcome_variables == 1:
            lines.append(f"No{new} outcomes split by pairs, only by one dimension: pairs would have told too much.")
        if new:
            lines.append("Outcomes that earlier releases hold stay as they were.")
        lines.append(
            f"Noise up to {self.coin.noise}. Best guess at a made-up secret: {self.coin.coin:.2f} for a coin, "
            f"{self.coin.shuffled:.2f} for shuffled outcomes (0.50 is guessing, the limit is {LIMIT})."
        )
        lines.append(
            f"In the records {self.alone:.0%} of people are alone in their categories, {self.in_small_classes:.0%} in "
            "groups under 11: the records stay confidential."
        )
        lines.append(f"{self.new_values:,} values are new, all others are as published before.")
        if self.risk_report is None:
            lines.append("The risk report could not be written: make room, or let your account write there.")
        else:
            lines.append(f"For the expert who judges it: {self.risk_report}.")
        return lines


@contextmanager
def _set_apart() -> Iterator[None]:
    """Set what lives already apart from the garbage collector, which else looks through all of it several times."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@_set_apart()
def build_release(home: Path, *, progress: Progress | None = None, spec: Path | None = None) -> ReleaseSummary:
    """Build, audit and publish a release of the current records; return what it shows and leaves out.

    Raises InputFault, with the former release untouched, if there are no records or no key, a category is undeclared,
    no cohort is ready, the ledger is broken, or the audit finds a breach.
    """
    tell = progress or silent
    declared = load_spec(spec)
    key = _noise_key(home)
    tell("verifying the ledger", 0.05)
    ledger = read_ledger(ledger_path(home))
    _check_end_of_ledger(home, ledger)
    records = warehouse.open_records(home)
    try:
        tell("reading the people", 0.1)
        full, people = read_people(records, _with_published(declared, ledger))
        scales = records.rows(warehouse.statement("sql/chosen_instruments.sql"))
    finally:
        records.close()
    demonstration.refuse_mixture(home, demonstration=people.about.get("demonstration") == "true")
    tell("counting", 0.2)
    truth, settled, left_out, coin = _tested(people, full, key, ledger, declared, tell)
    settled = replace(settled, parameters=replace(settled.parameters, noise=coin.noise))
    tell("printing every declared cell", 0.6)
    press = Press(key, settled.parameters, ledger)
    cells = protect(settled, truth, press, outcome_variables=coin.outcome_variables)
    about = _about(settled, people, _with_earlier(coin, ledger), cells, scales)
    release_id = about["release_id"]
    lines, head = extended(ledger, _with_noise(press.entries, ledger, coin.noise), release_id)
    about |= {"ledger_head": head, "ledger_length": str(ledger.length + lines.count("\n"))}
    with warehouse.building(home, "release", verify=_verify) as build:
        con = build.connection
        tell("writing the file", 0.75)
        _write(con, cells, about)
        build.hand_over()  # the file is written meanwhile, and published only if the audit finds nothing
        tell("auditing", 0.85)
        audit.against_truth(_rows(con), settled, truth, cells, ledger, keyed(key, b"audit", release_id.encode()))
        checks = stranger.as_stranger(_rows(con))  # before the ledger: what it holds is published for good
        append(ledger, lines)
    published = warehouse.current(home, "release")
    tell("published", 1.0)
    alone, small = _k_report(truth)
    cohorts = settled.dimensions[0].categories
    version = published.stem if published else ""
    missing = tuple(item.name for item in full.outcomes if item not in settled.outcomes)
    shown = _shown(cells)
    records_to = about["records_to"]
    split_before = ledger.outcome_variables()
    evidence = Evidence(
        version, release_id, records_to, left_out, missing, shown, coin, alone, small, checks, split_before
    )
    report = _kept(home, version, risk_report(settled, evidence))
    counted = (shown, coin, alone, small, len(press.entries), split_before)
    return ReleaseSummary(
        version, release_id, cohorts, left_out, *counted, outcomes_left_out=missing, risk_report=report
    )


def _kept(home: Path, version: str, text: str) -> Path | None:
    """Write the risk report beside the ledger, for its owner alone; None where it cannot be written.

    The release is published by then, so that a full disk must not deny it.
    """
    path = ledger_path(home).with_name(f"risk_report_{version}.md")
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return None
    return path


def _tested(
    people: People, full: Spec, key: bytes, ledger: Ledger, declared: Spec, tell: Progress
) -> tuple[Truth, Spec, Mapping[str, str], Coin]:
    """Return the true counts, the declaration with its periods, the cohorts left out, and what the coin test allows.

    Where no setting keeps people safe with a rare outcome that was never published, it is left out and the others are
    tested again: one outcome more is not worth all of them.
    """
    rare = {item.name for item in full.outcomes if item.kind == RARE} - {measure for measure, _ in ledger.blocks}
    fewer = replace(full, outcomes=tuple(item for item in full.outcomes if item.name not in rare))
    for spec in (full, fewer):
        truth = gather(people, spec, key)
        records_to, listed = people.about.get("records_to", ""), declared.dimensions[0].categories
        settled, left_out = settle(truth, ledger, records_to, listed)
        tell("testing with coins", 0.35)
        coin = coin_test(settled, truth, key)
        if coin.outcome_variables >= 0 or not rare:
            break
    return truth, settled, left_out, coin


def audit_release(home: Path) -> list[str]:
    """Check the current release as a stranger would and return in sentences what was checked; InputFault otherwise."""
    reader = warehouse.open_release(home)
    try:
        return stranger.as_stranger(lambda sql: reader.rows(sql))
    finally:
        reader.close()


def _noise_key(home: Path) -> bytes:
    """Return the sub-key of the noise; InputFault if there are no records, or no key they were made with."""
    key, is_fresh = keys.key_for(home)
    if is_fresh:
        warehouse.open_records(home).close()
        remedy = "Put the key of these records back, or set RECOVERY_OUTCOMES_KEY to where it lies."
        raise InputFault(Fault("the key", "is missing, and numbers cannot be protected without it", remedy))
    return key.sub_key("noise")


def _check_end_of_ledger(home: Path, ledger: Ledger) -> None:
    """Raise InputFault if the current release was built with ledger lines that are no longer there."""
    if warehouse.current(home, "release") is None:
        return
    try:
        reader = warehouse.open_release(home)
    except InputFault:
        if not ledger.length:
            raise fault_of_missing_end(ledger) from None
        return
    try:
        known = reader.rows("select value from about where key = 'ledger_head'")
    finally:
        reader.close()
    if not known or str(known[0][0]) not in ledger.hashes:
        raise fault_of_missing_end(ledger)


def _with_published(spec: Spec, ledger: Ledger) -> Spec:
    """Return `spec` with the sites that were published before, so that their labels stay declared."""
    return replace(
        spec,
        dimensions=tuple(
            replace(item, categories=tuple(ledger.categories("site"))) if item.name == "site" else item
            for item in spec.dimensions
        ),
    )


def _with_noise(entries: list[Entry], ledger: Ledger, width: int) -> list[Entry]:
    """Return new entries with a note of the noise they were drawn with; nothing if there are none."""
    return [*entries, Entry(str(ledger.length + len(entries) + 1), NOISE_WIDTH, "", width)] if entries else []


def _with_earlier(coin: Coin, ledger: Ledger) -> Coin:
    """Return what the numbers of a release may be, those copied from earlier ones among them: noise and splits."""
    split = max(coin.outcome_variables, ledger.outcome_variables())
    return replace(coin, noise=max(coin.noise, ledger.noise_width), outcome_variables=split)


def _about(
    spec: Spec,
    people: People,
    coin: Coin,
    cells: Sequence[Cell],
    scales: Sequence[tuple[object, ...]],
) -> dict[str, str]:
    """Return what a release says of itself; `release_id` is a hash of everything that is printed."""
    gate = spec.parameters
    # A third of a scale has endless digits, which the audit takes for a long number.
    used = [{k: round(v, 4) if isinstance(v, float) else v for k, v in zip(SCALE, row, strict=True)} for row in scales]
    about = {
        "format": str(FORMAT),
        "title": people.about.get("title", ""),
        "demonstration": people.about.get("demonstration", "false"),
        "records_to": people.about.get("records_to", ""),
        "new_episode_after_days": people.about.get("new_episode_after_days", ""),
        "contact_types": people.about.get("contact_types", ""),
        "spec": spec.text(),
        "noise": str(coin.noise),
        "outcome_variables": str(coin.outcome_variables),
        "coin_test": json.dumps({"coin": round(coin.coin, 2), "shuffled": round(coin.shuffled, 2), "limit": LIMIT}),
        "shown": json.dumps(_shown(cells)),
        "scales": json.dumps(used, ensure_ascii=False),
        "footnote": FOOTNOTE.format(threshold=gate.threshold, error=gate.largest_error, step=gate.rounding),
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for cell in cells:
        digest.update(f"{cell.table}|{cell.text}|{cell.measure}|{cell.day}|{cell.values}\n".encode())
    return {**about, "release_id": digest.hexdigest()[:12]}


def _shown(cells: Sequence[Cell]) -> dict[str, tuple[int, int]]:
    """Return for each measure how many cells are shown and how many are declared."""
    declared = Counter(cell.measure for cell in cells)
    shown = Counter(cell.measure for cell in cells if is_shown(cell))
    return {measure: (shown[measure], number) for measure, number in declared.items()}


def is_shown(cell: Cell) -> bool:
    """Tell whether a cell prints its number: people themselves, else the number that rests on them."""
    return cell.values[0 if cell.measure in COUNTS else 1] is not None


def _write(con: duckdb.DuckDBPyConnection, cells: Sequence[Cell], about: Mapping[str, str]) -> None:
    """Write the tables of a release into a new file, in the declared order; no page of it ever held a true count."""
    con.execute(warehouse.statement("sql/release_tables.sql"))
    for table, numbers in stranger.NUMBERS.items():
        printed = [cell for cell in cells if cell.table == table]
        frame = pd.DataFrame(
            {name: [cell.categories.get(name, "*") for cell in printed] for name in DIMENSION_NAMES}, dtype="str"
        )
        frame["measure"] = [cell.measure for cell in printed]
        if table == "curves":
            frame["day"] = [cell.day for cell in printed]
        for place, name in enumerate(numbers):
            frame[name] = pd.Series([cell.values[place] for cell in printed], dtype="Float64")
        frame["status"] = ["shown" if is_shown(cell) else "hidden" for cell in printed]
        con.register("printed", frame)
        insert = " ".join(("insert into", warehouse.quoted(table), "select * from printed"))
        con.execute(insert)
        con.unregister("printed")
    con.executemany("insert into about values (?, ?)", [[name, about[name]] for name in stranger.ABOUT])


def _rows(con: duckdb.DuckDBPyConnection) -> stranger.Rows:
    """Return a function that asks a connection for rows."""
    return lambda sql: con.execute(sql).fetchall()


def _verify(con: duckdb.DuckDBPyConnection) -> None:
    """Check the finished file as a stranger would, before it becomes the current release."""
    stranger.as_stranger(_rows(con))


def _k_report(truth: Truth) -> tuple[float, float]:
    """Return the share of people alone in their categories, and in classes of fewer than 11 people."""
    people = truth.values[PEOPLE]
    total = float(people.sum()) or 1.0
    return float(people[people == 1].sum()) / total, float(people[people < 11].sum()) / total
