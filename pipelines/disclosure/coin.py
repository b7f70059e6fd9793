"""The coin test: could somebody who knows everybody's categories read a secret off the release?

Twice real people get secrets that mean nothing, published by the real rules: once a fair coin as the only outcome,
once the real outcomes and days of leaving, shuffled among the people, with the real number of tables. The attacker
knows all categories of everybody, the law of the secrets and the variance of the noise, and ranks people by the best
linear estimate. The area under the ROC curve says how far that gets: 0.5 is guessing. Over the limit the noise is
widened, then outcomes are printed by one dimension only, then not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from pipelines.disclosure import noise
from pipelines.disclosure.best_estimate import Shared, best_weights, shared_by
from pipelines.disclosure.people import Places
from pipelines.disclosure.spec import COHORT, Parameters, Spec
from pipelines.disclosure.truth import Counts, Truth
from pipelines.faults import Fault, InputFault

LIMIT = 0.65
WIDER = 12
DRAWS = 5
AT_ONCE = 2
"""Attacks made at the same time: they leave most of their work to calls that let other threads go on."""
MOST_PEOPLE = 50_000
"""A larger programme is tested as if it were a random part of this size: fewer people are easier to tell apart."""
MOST_NUMBERS = 8_000
"""Printed numbers about outcomes that the attack can hold together in memory."""
ONE_NUMBER = 63
"""Bits of the largest whole number that can be sorted by."""
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Coin:
    """What the test allows: width of the noise, how outcomes may be split (-1: not at all), and the areas measured.

    `coin` is the area for the fair coin, `shuffled` the largest for one of the shuffled outcomes; each the larger of
    that for everybody and that for people who are alone in their categories.
    """

    noise: int
    outcome_variables: int
    coin: float
    shuffled: float


def coin_test(spec: Spec, truth: Truth, key: bytes) -> Coin:
    """Return the least strict setting under which nobody is ranked above the limit; no outcomes when none suffices."""
    given, most = spec.parameters, min(2, spec.parameters.variables - 1)
    wider = max(given.noise, WIDER)
    tried = Coin(given.noise, -1, 0.5, 0.5)
    for width, variables in dict.fromkeys([(given.noise, most), (wider, most), (given.noise, 1), (wider, 1)]):
        tried = Coin(width, variables, *areas(spec, truth, key, replace(given, noise=width), variables))
        if max(tried.coin, tried.shuffled) <= LIMIT:
            return tried
    return replace(tried, outcome_variables=-1)


def areas(spec: Spec, truth: Truth, key: bytes, parameters: Parameters, variables: int) -> tuple[float, float]:
    """Return the mean area under the ROC curve over the draws, for the fair coin and for the shuffled outcomes."""
    longest = max(((spec.periods or {}).get(item.name, ()) for item in spec.outcomes), key=len, default=())
    blocks = tuple(block for block in longest if block in spec.dimension(COHORT).categories)
    if not blocks:
        return 0.5, 0.5
    chance = np.random.default_rng(list(noise.keyed(key, b"coin", *(truth.fingerprints[b] for b in blocks))))
    pattern, secrets = _in_order(truth, blocks)
    if len(pattern) > MOST_PEOPLE:
        sample = np.sort(chance.choice(len(pattern), MOST_PEOPLE, replace=False))
        pattern, secrets = pattern[sample], secrets[sample]
    board = _board(spec, truth, pattern, blocks, parameters, variables)
    days = len(spec.grid)
    columns = [(secrets >> place & 1).astype(float) for place in range(len(spec.outcomes) + days)]
    real = np.stack(columns, axis=1)
    draws: list[tuple[Numbers, int, str]] = []
    for number in range(DRAWS):
        draws.append((chance.integers(0, 2, (len(pattern), 1)).astype(float), 0, f"coin {number}"))
        draws.append((real[chance.permutation(len(pattern))], days, f"shuffled {number}"))

    def attack(draw: tuple[Numbers, int, str]) -> tuple[float, ...]:
        secrets, ending, name = draw
        return _attack(board, secrets, ending, name, key, parameters)

    with ThreadPoolExecutor(AT_ONCE) as attackers:
        found = list(attackers.map(attack, draws))
    coin, shuffled = found[0::2], found[1::2]
    return float(np.mean(coin, axis=0).max()), float(np.mean(shuffled, axis=0).max())


def _in_order(truth: Truth, blocks: tuple[str, ...]) -> tuple[Places, Counts]:
    """Return pattern and outcomes of the people of `blocks` sorted, so that the order of the records cannot matter."""
    inside = np.zeros(len(truth.codes[COHORT]), dtype=bool)
    inside[truth.members(blocks)] = True
    here = inside[truth.person_pattern]
    pattern, outcomes = truth.person_pattern[here], truth.person_outcomes[here]
    bits = int(outcomes.max(initial=0)).bit_length()
    if bits + len(inside).bit_length() < ONE_NUMBER:
        both = np.sort(pattern.astype(np.int64) << bits | outcomes)
        return (both >> bits).astype(np.intp), both & ((1 << bits) - 1)
    order = np.lexsort((outcomes, pattern))
    return pattern[order], outcomes[order]


@dataclass(frozen=True, slots=True)
class Board:
    """What the attacker knows: the cells each person is in, how many people cells share, what rules allow.

    `inside` holds a one for each person (row) and cell (column) the person is in, one cell of every table.
    Per cell there are its label, the fingerprint of its cohorts, its printed people (0: hidden), whether coaches allow
    an outcome, and whether a curve may be printed for it. `alone` marks people alone in their categories.
    """

    inside: csr_matrix
    shared: Shared
    labels: list[str]
    prints: list[bytes]
    printed: npt.NDArray[np.int64]
    allowed: Flags
    curved: Flags
    alone: Flags


def _board(
    spec: Spec, truth: Truth, pattern: Places, blocks: tuple[str, ...], parameters: Parameters, variables: int
) -> Board:
    """Return every table in which an outcome may be printed: on the range of blocks, and within each block."""
    cell: list[Places] = []
    labels: list[str] = []
    prints, allowed, curved = [], [], []
    places = [truth.spec.dimension(COHORT).categories.index(block) for block in blocks]
    block_of = np.searchsorted(places, truth.codes[COHORT][pattern])
    parts = [blocks] if len(blocks) > 1 else []
    for within, groups in ((False, parts), (True, [(block,) for block in blocks])):
        for crossing in spec.outcome_crossings(variables, within_block=within) if groups else ():
            size, here = truth.cells(crossing), truth.cell_of(pattern, crossing)
            cell.append(len(labels) + (block_of * size if within else 0) + here)
            for group in groups:
                labels += [f"{group} {crossing} {i}" for i in range(size)]
                prints += [noise.fingerprint_range(b"", [truth.fingerprints[block] for block in group])] * size
                allowed.append(truth.coach_rule(group, crossing, parameters))
                curved += [len(crossing) + within <= 1] * size
    shared = np.zeros((len(labels), len(labels)))
    for i, one in enumerate(cell):
        for other in cell[i:]:
            _add_shared(shared, one, other)
    shared = np.triu(shared) + np.triu(shared, 1).T
    printed = _rounded(np.diag(shared), parameters)
    alone = np.bincount(pattern)[pattern] == 1
    starts = np.arange(0, len(cell) * len(pattern) + 1, len(cell))
    of_person = np.stack(cell, axis=1).ravel()
    inside = csr_matrix((np.ones(len(of_person)), of_person, starts), shape=(len(pattern), len(labels)))
    return Board(inside, shared_by(shared), labels, prints, printed, np.concatenate(allowed), np.array(curved), alone)


def _add_shared(shared: Numbers, one: Places, other: Places) -> None:
    """Add to the upper triangle how many people the cells of two tables share."""
    low, high = int(one.min()), int(other.min())
    width, rows = int(other.max()) - high + 1, int(one.max()) - low + 1
    joint = np.bincount((one - low) * width + (other - high), minlength=rows * width)
    shared[low : low + rows, high : high + width] += joint.reshape(rows, width)


def _rounded(people: Numbers, parameters: Parameters) -> npt.NDArray[np.int64]:
    """Return printed people without noise, 0 where hidden: what caps a printed outcome, near enough for the test."""
    step = parameters.rounding
    printed = np.maximum(parameters.printed_minimum, np.round(people / step) * step)
    return np.where(people >= parameters.threshold, printed, 0).astype(np.int64)


def _attack(
    board: Board, secrets: Numbers, days: int, name: str, key: bytes, parameters: Parameters
) -> tuple[float, ...]:
    """Publish the secrets, one per column, by the real rules and return the areas of the attacker's ranking of people.

    The last `days` columns are published as days of a curve and not ranked. Two areas per ranked column: everybody,
    and people alone in their categories. InputFault if there are more printed numbers than can be attacked together.
    """
    total = np.diag(board.shared.people)
    law = np.atleast_2d(np.cov(secrets.T, bias=True)) if secrets.shape[1] > 1 else np.array([[0.25]])
    mean = secrets.mean(axis=0) if secrets.shape[1] > 1 else np.array([0.5])
    ranked = secrets.shape[1] - days
    counts = board.inside.T @ secrets
    is_shown, seen = np.zeros(counts.T.shape, dtype=bool), np.zeros(counts.T.shape)
    for column in range(secrets.shape[1]):
        count = counts[:, column]
        least = parameters.threshold if column < ranked else parameters.curve_at_risk
        shown = (count >= parameters.threshold) & (total - count >= least) & board.allowed & (board.printed > 0)
        shown &= board.curved | (column < ranked)
        cells = np.flatnonzero(shown)
        label = f"{name} {column}"
        printed = np.array(list(_published(board, cells, count, key, label, parameters)))
        is_shown[column, cells], seen[column, cells] = True, printed - mean[column] * total[cells]
    if is_shown.sum() > MOST_NUMBERS:
        remedy = "Declare fewer outcomes or outcome pairs, so that the release can be tested before it is published."
        raise InputFault(Fault("spec.toml", "declares more outcome tables than the coin test can attack", remedy))
    weights = best_weights(law, board.shared, is_shown, seen, parameters.variance)
    scores = board.inside @ np.stack([law[column] @ weights for column in range(ranked)], axis=1)
    results: list[float] = []
    for column in range(ranked):
        score, secret = scores[:, column], secrets[:, column] > 0
        results += [_area(score, secret), _area(score[board.alone], secret[board.alone])]
    return tuple(results)


def _published(
    board: Board, cells: Places, count: Numbers, key: bytes, name: str, parameters: Parameters
) -> Iterator[float]:
    """Yield the printed count of each cell that is shown."""
    for i in cells.tolist():
        value = noise.pub(key, board.prints[i], name, board.labels[i], int(count[i]), parameters)
        yield float(min(value or 0, int(board.printed[i]) - parameters.rounding))


def _area(score: Numbers, secret: Flags) -> float:
    """Return the area under the ROC curve: how often one with the secret is ranked above one without, ties half."""
    ones, zeros = np.sort(score[secret]), np.sort(score[~secret])
    if not len(ones) or not len(zeros):
        return 0.5
    below, up_to = (int(np.searchsorted(zeros, ones, side).sum()) for side in ("left", "right"))
    return (below + up_to) / 2 / (len(ones) * len(zeros))
