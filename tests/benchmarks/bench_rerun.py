"""What one click costs the server: ours against the same page under `streamlit run`, one visitor at each, in turn.

A rerun is timed from the message of a browser until the script has finished, and by the processor time the server's
process uses until it is idle again: a plain server collects garbage after every run.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import AsyncExitStack
from statistics import median

from tests.benchmarks import homes, servers
from tests.benchmarks.light_client import Visitor, visit

TURNS = 12
PILLS = ("Early alliance", "Everyone")
COMPARE, SITE, AGE = "Compare by", "Site", "Age"
REST_SECONDS = 0.5
"""How long after a rerun its clearing up belongs to it."""
AHEAD_SECONDS = {"1m": 180.0}
"""How long is waited at most until nothing is worked ahead, so that only the rerun is measured; 30 by default."""

Times = dict[str, list[tuple[float, float]]]


async def _measured(
    server: servers.Server, visitor: Visitor, label: str, options: tuple[str, ...]
) -> tuple[float, float]:
    """Return the milliseconds of one rerun, by the clock and of the processor."""
    before = server.cpu_seconds()
    taken = await visitor.choose(label, options)
    await asyncio.sleep(REST_SECONDS)
    return 1000 * taken, 1000 * (server.cpu_seconds() - before)


async def known(sides: dict[str, servers.Server], size: str) -> Times:
    """Return the times of reruns on Staying whose answers were given before."""
    times: Times = {side: [] for side in sides}
    async with AsyncExitStack() as stack:
        visitors = {side: await stack.enter_async_context(visit(at.door.address)) for side, at in sides.items()}
        for side, visitor in visitors.items():
            await visitor.open("staying")
            for pill in PILLS:
                await visitor.choose(COMPARE, (pill,))
            await asyncio.to_thread(sides[side].until_idle, AHEAD_SECONDS.get(size, 30))
        for turn in range(TURNS):
            for side, visitor in visitors.items():
                times[side].append(await _measured(sides[side], visitor, COMPARE, (PILLS[turn % len(PILLS)],)))
    return times


async def new(sides: dict[str, servers.Server], size: str) -> Times:
    """Return the times of reruns on the overview for a site and an age nobody has asked for together."""
    times: Times = {side: [] for side in sides}
    async with AsyncExitStack() as stack:
        visitors = {side: await stack.enter_async_context(visit(at.door.address)) for side, at in sides.items()}
        for side, visitor in visitors.items():
            await visitor.open()
            await asyncio.to_thread(sides[side].until_idle, AHEAD_SECONDS.get(size, 30))
        first = next(iter(visitors.values()))
        pairs = itertools.product(first.choices[SITE].options, first.choices[AGE].options)
        for site, age in itertools.islice(pairs, TURNS):
            for side, visitor in visitors.items():
                await visitor.choose(SITE, (site,))
                times[side].append(await _measured(sides[side], visitor, AGE, (age,)))
                await visitor.choose(AGE, ())
    return times


def run(size: str) -> list[dict[str, object]]:
    """Return the time of a rerun at both servers, by the clock and of the processor; medians."""
    home = homes.home(size)
    with servers.ours(home) as ours, servers.plain(home) as plain:
        sides = {"ours": ours, "other": plain}
        subjects = {
            "rerun, Staying, another grouping asked before": asyncio.run(known(sides, size)),
            "rerun, Overview, two filters nobody chose together": asyncio.run(new(sides, size)),
        }
    rows: list[dict[str, object]] = []
    for name, times in subjects.items():
        for place, what in enumerate(("server's time", "server's CPU time")):
            one, other = (median(each[place] for each in times[side]) for side in ("ours", "other"))
            note = f"{homes.said(size)}; the same page under `streamlit run`, one visitor, no browser"
            rows.append(
                {
                    "name": f"{what} of a {name}",
                    "ours": one,
                    "other": other,
                    "unit": "ms",
                    "ratio": other / one,
                    "note": note,
                }
            )
    return rows
