"""Every attack at every size with several seeds; writes docs/attacks.md.

`python -m tests.validate.attacks` takes about a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import product

from tests.attacks.catalogue import ATTACKS, SEEDS, SIZES
from tests.attacks.page import PAGE, page
from tests.attacks.result import Result

Found = dict[tuple[str, int], list[Sequence[Result]]]


def measure(sizes: Sequence[int] = SIZES, seeds: Sequence[int] = SEEDS) -> Found:
    """Return, by attack and people, the results of every seed; progress is printed."""
    found: Found = {}
    with ProcessPoolExecutor(2) as pool:
        for size, seed, attacked in pool.map(_one, *zip(*product(sizes, seeds), strict=True)):
            for attack, results in zip(ATTACKS, attacked, strict=True):
                found.setdefault((attack.name, size), []).append(results)
                failed = [result for result in results if not result.passed]
                print(f"{size:,} people, seed {seed}: {attack.name}: {failed or 'passed'}", flush=True)
    return found


def _one(size: int, seed: int) -> tuple[int, int, list[Sequence[Result]]]:
    """Return what every attack found at one size with one seed."""
    return size, seed, [attack.run(size, seed) for attack in ATTACKS]


if __name__ == "__main__":
    PAGE.write_text(page(measure(), ATTACKS, date.today().isoformat(), SEEDS), encoding="utf-8")
