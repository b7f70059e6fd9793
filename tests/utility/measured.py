"""What is lost by protecting: cells shown and errors, for this program and for its alternatives on the same tables."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines import keys, release, warehouse
from pipelines.disclosure import derived
from pipelines.disclosure.build import protect
from pipelines.disclosure.coin import Coin
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.people import People, read_people
from pipelines.disclosure.press import Cell, Press
from pipelines.disclosure.spec import PEOPLE, Spec, load_spec
from pipelines.load import load
from pipelines.progress import silent
from tests.conftest import SAMPLE
from tests.pipelines.release_world import in_memory, key_of, world
from tests.utility.methods import ALTERNATIVES, OURS

KEY = bytes(range(32))


@dataclass(frozen=True)
class Tables:
    """Every declared cell, true and as this program prints it; outcomes as by all declared pairs. NaN: hidden.

    `n`, `k` and their printed forms, with NaN for `k` where the cell is one of people alone; `one_way` marks cells of
    people by one dimension. `cells` are all cells that were printed.
    """

    n: np.ndarray
    k: np.ndarray
    printed_n: np.ndarray
    printed_k: np.ndarray
    one_way: np.ndarray
    cells: Sequence[Cell]
    spec: Spec
    coin: Coin
    left_out: tuple[str, ...]

    @property
    def of_people(self) -> np.ndarray:
        """Which cells are of people alone."""
        return np.isnan(self.k)


@dataclass(frozen=True)
class Utility:
    """What one method shows and how far off it is; shares from 0 to 1, errors in people, shares or points."""

    people: int
    cells_shown: float
    large_hidden: float
    error: float
    one_way_error: float
    error_p95: float
    outcomes_shown: float
    rates: int
    rate_error: float
    rate_error_p95: float


def made_up(n: int) -> Tables:
    """Return the tables of `n` made-up people."""
    return _tables(*read_people(in_memory(world(n, 1)), load_spec()), KEY, {"records_to": "2026-Q2"})


def sample() -> Tables:
    """Return the tables of data/sample, loaded and released; what the file holds is what is measured."""
    with tempfile.TemporaryDirectory(prefix="utility-") as name, key_of(Path(name)):
        home = Path(name) / "home"
        key = keys.Key(KEY)
        keys.keep(key)
        load(SAMPLE, home)
        release.build_release(home)
        records = warehouse.open_records(home)
        try:
            full, people = read_people(records, load_spec())
        finally:
            records.close()
        tables = _tables(full, people, key.sub_key("noise"), people.about)
        reader = warehouse.open_release(home)
        try:
            held = reader.rows("select n, k from cells")
        finally:
            reader.close()
        printed = [cell.values for cell in tables.cells if cell.table == "cells"]
        assert sorted(map(str, held)) == sorted(map(str, printed))
        return tables


def _tables(full: Spec, people: People, key: bytes, about: Mapping[str, str]) -> Tables:
    nothing = Ledger(Path("none"))
    known = replace(people, about={**people.about, **about})
    truth, spec, _, coin = release._tested(known, full, key, nothing, load_spec(), silent)
    spec = replace(spec, parameters=replace(spec.parameters, noise=coin.noise))
    cells = protect(spec, truth, Press(key, spec.parameters, nothing), outcome_variables=coin.outcome_variables)
    everything = protect(spec, truth, Press(key, spec.parameters, nothing), outcome_variables=2)
    printed = {(cell.text, cell.measure): cell.values for cell in cells if cell.table == "cells"}
    names = {PEOPLE, *(item.name for item in spec.outcomes)}
    declared = [cell for cell in everything if cell.table == "cells" and cell.measure in names]
    shown = [printed.get((cell.text, cell.measure), (None, None)) for cell in declared]
    whole = {item.label for item in spec.ranges} or set(spec.dimensions[0].categories)
    return Tables(
        n=np.array([cell.true[0] for cell in declared], dtype=float),
        k=np.array([np.nan if cell.measure == PEOPLE else cell.true[1] for cell in declared], dtype=float),
        printed_n=np.array([np.nan if n is None else n for n, _ in shown], dtype=float),
        printed_k=np.array([np.nan if k is None else k for _, k in shown], dtype=float),
        one_way=np.array([len(cell.categories) == 2 and cell.categories["cohort"] in whole for cell in declared]),
        cells=cells,
        spec=spec,
        coin=coin,
        left_out=tuple(item.name for item in full.outcomes if item not in spec.outcomes),
    )


def utilities(tables: Tables) -> dict[str, Utility]:
    """Return the utility of this program and of every alternative by name."""
    found = {OURS: utility(tables, tables.printed_n, tables.printed_k, rounded=True)}
    for name, method in ALTERNATIVES.items():
        found[name] = utility(tables, *method(tables.n, tables.k, np.random.default_rng(1)), rounded=False)
    return found


def utility(tables: Tables, printed_n: np.ndarray, printed_k: np.ndarray, *, rounded: bool) -> Utility:
    """Return what is shown and how far off; rates are k of n, from bases of 50, `rounded` to whole percentages."""
    of_people, n, k = tables.of_people, tables.n, tables.k
    held, large = of_people & (n >= 1), of_people & (n >= 11)
    seen = large & ~np.isnan(printed_n)
    off = np.abs(printed_n - n)
    with_outcome = ~of_people & (n >= 1)
    rated = with_outcome & ~np.isnan(printed_k) & (printed_n >= 50)
    rate = printed_k[rated] / printed_n[rated]
    rate_off = 100 * np.abs((np.round(rate, 2) if rounded else rate) - k[rated] / n[rated])
    return Utility(
        people=int(n.max()),
        cells_shown=float(np.mean(~np.isnan(printed_n[held]))),
        large_hidden=float(np.mean(np.isnan(printed_n[large]))),
        error=float(np.median(off[seen] / n[seen])),
        one_way_error=float(np.median((off / np.maximum(n, 1))[seen & tables.one_way])),
        error_p95=float(np.quantile(off[seen], 0.95)),
        outcomes_shown=float(np.mean(~np.isnan(printed_k[with_outcome]))),
        rates=int(rated.sum()),
        rate_error=float(np.median(rate_off)),
        rate_error_p95=float(np.quantile(rate_off, 0.95)),
    )


@dataclass(frozen=True)
class Rest:
    """Curves and means of this program: points and means shown of those declared, and errors of what is shown."""

    points: tuple[int, int]
    point_error: float
    point_error_p95: float
    means: tuple[int, int]
    mean_error: float


def rest(tables: Tables) -> Rest:
    """Return how many points of curves and means are shown and how far off: points of 100, shares of a mean's range."""
    curves: dict[str, list[Cell]] = {}
    for cell in tables.cells:
        if cell.table == "curves":
            curves.setdefault(cell.text, []).append(cell)
    off = [error for points in curves.values() for error in _curve_errors(points)]
    declared = sum(len(points) for points in curves.values())
    bounds = {item.name: (float(item.low or 0), float(item.high or 0)) for item in tables.spec.means}
    means = [cell for cell in tables.cells if cell.table == "means"]
    shown = [cell for cell in means if cell.values[1] is not None]
    mean_off = [abs(cell.values[1] - cell.true[1]) / np.ptp(bounds[cell.measure]) for cell in shown]
    return Rest(
        points=(len(off), declared),
        point_error=float(np.median(off)),
        point_error_p95=float(np.quantile(off, 0.95)),
        means=(len(shown), len(means)),
        mean_error=float(np.median(mean_off)),
    )


def _curve_errors(points: Sequence[Cell]) -> list[float]:
    """Return by how many points of 100 each drawn point of a curve is off the exact life table on the same days."""
    drawn = [cell for cell in points if cell.values[1] is not None]
    if not drawn:
        return []
    exact = derived.life_table(_table(points, [cell.true for cell in points]), 0.0)
    printed = derived.life_table(_table(drawn, [cell.values for cell in drawn]), 0.0)
    true = {point.day: point.share for point in exact}
    return [100 * abs(point.share - true[point.day]) for point in printed[1:]]


def _table(points: Sequence[Cell], numbers: Sequence[Sequence[float | None]]) -> derived.Table:
    whole = [tuple(int(number or 0) for number in row) for row in numbers]
    days = tuple(int(cell.day or 0) for cell in points)
    return derived.Table(whole[0][0], days, tuple(row[1] for row in whole), tuple(row[2] for row in whole))
