"""Thirty people at one server, a click every five seconds each: from the click to the answer, ours and `streamlit run`.

The people are light clients that speak Streamlit's own messages, because thirty browsers do not fit on two cores; what
a browser does with an answer is in bench_page. Both servers are asked the same clicks in turn, never at once.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from statistics import median, quantiles

from tests.benchmarks import homes, servers
from tests.benchmarks.light_client import Visitor, visit

PEOPLE = 30
THINK_SECONDS = 5.0
"""Average time between an answer and the next click; each is between half of it and one and a half times it."""
ROUNDS = 3
ROUND_SECONDS = {"1m": 60.0}
DEFAULT_SECONDS = 12.0
AHEAD_SECONDS = {"1m": 120.0}
"""How long the pages are open before anybody clicks; what is worked ahead is worked ahead meanwhile."""
DEFAULT_AHEAD = 15.0
PAGES = ("", "staying")
FILTERS = ("Site", "Enrolled in", "Main substance", "Age")
COMPARE = "Compare by"
PILLS = ("Everyone", "Early alliance", "Main substance", "Age")
SECOND_FILTER = 0.1
"""Share of filters that are chosen beside another one."""


async def click(visitor: Visitor, chance: random.Random) -> float:
    """Do what one person does next and return the seconds until the answer.

    Of five clicks three choose or clear a filter, one goes to the other page, one compares other groups on Staying.
    """
    kind = chance.choice(("filter", "filter", "filter", "page", "compare"))
    if kind == "page" or (kind == "compare" and COMPARE not in visitor.drawn):
        away = [name for name in PAGES if visitor.pages[name] != visitor.page]
        return await visitor.open(away[0])
    if kind == "compare":
        return await visitor.choose(COMPARE, (chance.choice(PILLS),))
    label = chance.choice(FILTERS)
    if visitor.chosen.get(label):
        return await visitor.choose(label, ())
    if chance.random() >= SECOND_FILTER:
        for other in FILTERS:
            visitor.chosen[other] = ()
    return await visitor.choose(label, (chance.choice(visitor.choices[label].options),))


async def person(visitor: Visitor, seed: int, seconds: float) -> list[float]:
    """Click and think until the time is over; return the seconds of every answer."""
    chance = random.Random(seed)
    end = asyncio.get_running_loop().time() + seconds
    taken = []
    await asyncio.sleep(chance.uniform(0, THINK_SECONDS))
    while asyncio.get_running_loop().time() < end:
        taken.append(await click(visitor, chance))
        await asyncio.sleep(chance.uniform(0.5, 1.5) * THINK_SECONDS)
    return taken


async def all_people(sides: dict[str, servers.Server], size: str) -> dict[str, list[float]]:
    """Return the seconds of every answer of both servers."""
    times: dict[str, list[float]] = {side: [] for side in sides}
    async with AsyncExitStack() as stack:
        at: dict[str, list[Visitor]] = {}
        for side, server in sides.items():
            at[side] = [await stack.enter_async_context(visit(server.door.address)) for _ in range(PEOPLE)]
            for place, visitor in enumerate(at[side]):
                await visitor.open(PAGES[place % len(PAGES)])
        for server in sides.values():
            await asyncio.to_thread(server.until_idle, AHEAD_SECONDS.get(size, DEFAULT_AHEAD))
        for turn in range(ROUNDS):
            for side, visitors in at.items():
                seconds = ROUND_SECONDS.get(size, DEFAULT_SECONDS)
                done = (person(visitor, PEOPLE * turn + place, seconds) for place, visitor in enumerate(visitors))
                for taken in await asyncio.gather(*done):
                    times[side] += taken
    return times


def run(size: str) -> list[dict[str, object]]:
    """Return median and 95th percentile of click to answer of both servers with thirty people each."""
    home = homes.home(size)
    with servers.ours(home) as ours, servers.plain(home) as plain:
        times = asyncio.run(all_people({"ours": ours, "other": plain}, size))
    clicks = min(len(taken) for taken in times.values())
    rows: list[dict[str, object]] = []
    for name, of in (("median", median), ("95th percentile", lambda taken: quantiles(taken, n=20)[-1])):
        one, other = (1000 * float(of(times[side])) for side in ("ours", "other"))
        note = (
            f"{homes.said(size)}; {PEOPLE} people, {THINK_SECONDS:g} s between clicks, {clicks:,} clicks or more each; "
            "light clients without browsers; `streamlit run` in turn"
        )
        rows.append(
            {
                "name": f"click to answer, {PEOPLE} people, {name}",
                "ours": one,
                "other": other,
                "unit": "ms",
                "ratio": other / one,
                "note": note,
            }
        )
    return rows
