"""The page that tells of the attacks: written from what was found, and read back to see that it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.attacks import bounds
from tests.attacks.result import Attack, Line, Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "attacks.md"
HEADINGS = ("measure", "naive method", "people", "naive gives", "ours gives", "pass line", "passed")
OPENING = """# Attacks on what leaves the records

Written by `python -m tests.validate.attacks` on {date}; `make validate` runs the same. Every attack is code in
tests/attacks/. It is first run against a naive method, where it must succeed, or it would prove nothing, and then
against this program, where it must fail. Made-up people (tests/pipelines/release_world.py) under the packaged
declaration, the youngest cohorts too young for some outcomes so that published ranges overlap; seeds {seeds}, each with
a key of its own. Every row shows the seed that is worst for it: the smallest number against the naive method, the
largest against ours.

Areas are those under the ROC curve, 0.5 being guesswork. The whole declared lattice has 18,066 cells of people in nine
dimensions, at most three crossed, and 14,131 ways in which they add up; the attacker also knows that whoever left
before the bands are taken did so by both bands. Linear programmes take {sample} small cells, integer programmes
{integers}; against exact tables sums alone stand in for the linear programme, which recovers at least as much.
"""
CLOSING = """
What the bounds leave: where a shown cell has only two parts and both are hidden, as with two cohorts, or an older range
and the cohort since, somebody is in each part. How many is not told: a count whose parts are all hidden is never
printed above ten for each of them (pipelines/disclosure/ceiling.py). In twelve releases (1,000
and 3,000 people, six seeds) no hidden cell of 95,432 was known to within 2; 18 were to within 5, where several sums
pulled the same way. The line for cells proved not to be zero was drawn after this was measured.

Three rows show a rule and no contest. The release is only ever built with what the coin test lets through, so that ours
cannot exceed its limit there; attack 7, written apart from it, is the contest. A system with free filters answers any
filter. No number is attacked in the row on numbers of attack 11.
"""


def page(
    found: Mapping[tuple[str, int], Sequence[Sequence[Result]]],
    attacks: Sequence[Attack],
    date: str,
    seeds: Sequence[int],
) -> str:
    """Return the page; `found` holds, by attack and people, the results of every seed."""
    sizes = tuple(dict.fromkeys(size for _, size in found))
    known = {"sample": bounds.SAMPLE, "integers": bounds.INTEGER_SAMPLE, "seeds": ", ".join(map(str, seeds))}
    lines = [OPENING.format(date=date, **known)]
    for number, attack in enumerate(attacks, start=1):
        lines.append(f"## {number}. {attack.name}\n")
        lines += ["| " + " | ".join(HEADINGS) + " |", "| --- | --- | ---: | ---: | ---: | --- | --- |"]
        for place, line in enumerate(attack.lines):
            for size in sizes:
                lines.append(row(line, size, [results[place] for results in found[attack.name, size]]))
        lines.append("")
    return "\n".join(lines).rstrip() + "\n" + CLOSING


def row(line: Line, size: int, results: Sequence[Result]) -> str:
    """Return one row of the page: the worst of the seeds on either side."""
    naive, gate = min(one.naive for one in results), max(one.gate for one in results)
    passed = "yes" if all(one.passed for one in results) else "NO"
    return "| " + " | ".join([*named(line, size), told(line, naive), told(line, gate), limit(line), passed]) + " |"


def named(line: Line, size: int) -> tuple[str, str, str]:
    """Return the cells that name a row."""
    return line.what, line.naive, f"{size:,}"


def limit(line: Line) -> str:
    """Return the pass line in words."""
    return f"naive at least {told(line, line.least)}, ours at most {told(line, line.most)}"


def told(line: Line, value: float) -> str:
    """Return a number as the page writes it."""
    if line.unit == "share":
        return f"{value:.1%}".replace("%", " %").replace("-", "−")
    return f"{value:g}" if line.unit == "number" else f"{value:.3f}"


def missing(text: str, attacks: Iterable[Attack], sizes: Sequence[int]) -> Iterator[str]:
    """Yield what the page lacks: an attack, a row of it at a size, today's pass line, or that it was passed."""
    rows = [
        tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in text.splitlines() if line[:2] == "| "
    ]
    for number, attack in enumerate(attacks, start=1):
        if f"## {number}. {attack.name}\n" not in text:
            yield f"{attack.name}: not on the page"
        for line in attack.lines:
            for size in sizes:
                held = [cells for cells in rows if cells[:3] == named(line, size)]
                if not any(cells[-2:] == (limit(line), "yes") for cells in held):
                    yield f"{attack.name}, {line.what}, {size}: not passed under today's line"
