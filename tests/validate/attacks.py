"""Every attack at every size with several seeds; writes docs/attacks.md.

`python -m tests.validate.attacks` takes about a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tests.attacks.catalogue import ATTACKS, SEEDS, SIZES
from tests.attacks.page import PAGE, page
from tests.attacks.result import Result

Found = dict[tuple[str, int], list[Sequence[Result]]]


def measure(sizes: Sequence[int] = SIZES, seeds: Sequence[int] = SEEDS) -> Found:
    """Return, by attack and people, the results of every seed; progress is printed."""
    found: Found = {}
    for size in sizes:
        for seed in seeds:
            for attack in ATTACKS:
                results = attack.run(size, seed)
                found.setdefault((attack.name, size), []).append(results)
                failed = [result for result in results if not result.passed]
                print(f"{size:,} people, seed {seed}: {attack.name}: {failed or 'passed'}", flush=True)
    return found


if __name__ == "__main__":
    PAGE.write_text(page(measure(), ATTACKS, date.today().isoformat(), SEEDS), encoding="utf-8")
