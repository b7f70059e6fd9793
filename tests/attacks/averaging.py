"""Averaging many answers about the same people: by asking again, by equivalent filters, by sums of the parts.

The naive method answers any filter with bounded noise keyed by the set of people found (a cell key). The release knows
its declared cells alone: the same question has the same answer, a union is the sum of printed cells, other filters and
settings are refused, and what is left to average are a cell and the sums of its printed parts.
"""

from __future__ import annotations

import hashlib
from itertools import combinations

import numpy as np

from pipelines.disclosure.reader import ReleaseReader
from pipelines.faults import InputFault
from pipelines.questions import DEFAULT_GAP, GAPS, Question, Settings
from tests.attacks.lattice import Lattice, lattice
from tests.attacks.released import released
from tests.attacks.result import Attack, Line, Result, results

TARGETS, QUERIES = 20, 800
FREE = "free filters, cell key noise within 2"
LINES = (
    Line("true counts read off by averaging", FREE, 0.8, 0.35),
    Line("different answers to equivalent questions about one cell", FREE, 5, 1, "number"),
    Line("share of other filters and settings that are answered", FREE, 1.0, 0.0),
)


def attack(n: int, seed: int) -> list[Result]:
    """Average what can be asked about cells that are shown: with free filters, and within the closed world."""
    held = lattice(n, seed)
    chance = np.random.default_rng(seed)
    shown = [at for at, value in enumerate(held.shown) if value is not None and 1 <= len(held.labels[at]) <= 2]
    targets = chance.choice(shown, min(TARGETS, len(shown)), replace=False)
    naive = [free_answers(held, int(at), chance) for at in targets]
    exact = np.mean([round(float(got.mean())) == held.true[at] for at, got in zip(targets, naive, strict=True)])
    gate = np.mean([round(averaged(held, int(at))) == held.true[at] for at in shown])
    fewest = min(len(set(got.tolist())) for got in naive)
    reader = ReleaseReader(released(n, seed))
    return results(LINES, [(exact, gate), (fewest, most_answers(reader)), (1.0, answered(reader))])


def free_answers(held: Lattice, target: int, chance: np.random.Generator) -> np.ndarray:
    """Return answers about one cell: "these people or those" less "those", for random other people.

    Every difference is the cell; its noise is that of two other sets of people each time.
    """
    truth = held.truth
    ranges = {item.label: item.blocks for item in held.spec.ranges}
    inside = np.ones(len(truth.values["people"]), dtype=bool)
    for name, item in held.labels[target]:
        places = [truth.spec.dimension(name).categories.index(part) for part in ranges.get(item, (item,))]
        inside &= np.isin(truth.codes[name], places)
    others = np.flatnonzero(~inside)
    answers = []
    for _ in range(QUERIES):
        rest = others[chance.random(len(others)) < 0.5]
        answers.append(held.true[target] + _cell_key(held.key, target, rest) - _cell_key(held.key, -1, rest))
    return np.array(answers)


def _cell_key(key: bytes, target: int, rest: np.ndarray) -> int:
    """Return noise of -2..2 that hangs on the set of people found, as in systems that answer free queries."""
    digest = hashlib.blake2b(rest.tobytes() + target.to_bytes(4, "big", signed=True), key=key, digest_size=8)
    return int.from_bytes(digest.digest(), "big") % 5 - 2


def most_answers(reader: ReleaseReader) -> int:
    """Return the most different answers there are about one gender: asked again, and as a union less the rest of it."""
    genders = next(item for item in reader.dimensions() if item.name == "gender")
    codes = [code for code, _ in genders.categories if _people(reader, (code,)) is not None]
    answers = []
    for code in codes:
        others = [other for other in codes if other != code]
        unions = [rest for size in range(1, len(others) + 1) for rest in combinations(others, size)]
        found = {_people(reader, (code,)) for _ in range(3)}
        for rest in unions:
            together, apart = _people(reader, (code, *rest)), _people(reader, rest)
            if together is not None and apart is not None and len(rest) + 1 < len(genders.categories):
                found.add(together - apart)
        answers.append(len(found))
    return max(answers)


def _people(reader: ReleaseReader, codes: tuple[str, ...]) -> float | None:
    """Return the printed people behind the share who stayed 90 days, None where hidden."""
    table = reader.ask(Question("stayed_share", where=(("gender", codes),)))
    n = table.loc[table["x"].eq(90) & table["stat"].eq("share"), "n"]
    return None if n.isna().all() else float(n.iloc[0])


def answered(reader: ReleaseReader) -> float:
    """Return the share of questions outside the closed world that get a number: other settings, filters, crossings."""
    asked = [Question("stayed_share", settings=Settings(gap_days=gap)) for gap in GAPS if gap != DEFAULT_GAP]
    asked += [Question("stayed_share", settings=Settings(clock="enrolment"))]
    asked += [Question("stayed_share", where=(("gender", ("not woman",)),))]
    asked += [Question("stayed_share", where=(("race_eth", ("white",)),))]
    asked += [Question("stayed_share", where=(("gender", ("woman",)), ("housing", ("stable",))))]
    numbers = 0
    for question in asked:
        try:
            table = reader.ask(question)
        except InputFault:
            continue
        numbers += bool(table["estimate"].notna().any())
    return numbers / len(asked)


def averaged(held: Lattice, target: int) -> float:
    """Return the best estimate of a shown cell from itself and every full set of its printed parts."""
    value = held.shown[target]
    assert value is not None
    weighted, weights = float(value), 1.0
    for parts in held.parts_of.get(target, ()):
        printed = [held.shown[part] for part in parts if not held.impossible[part]]
        if None not in printed:
            weighted += sum(n for n in printed if n is not None) / len(printed)
            weights += 1 / len(printed)
    return weighted / weights


ATTACK = Attack("Averaging repeated and equivalent questions", LINES, attack)
