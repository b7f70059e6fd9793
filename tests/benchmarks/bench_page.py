"""From a click to the painted page: our server against the same page under `streamlit run`, interleaved."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.browser import doors, screenshots

ROUNDS = 9
PILLS = ("Early alliance", "Everyone")


@contextmanager
def streamlit_run(home: Path) -> Iterator[doors.Door]:
    """Run the same pages under `streamlit run` on a free port until the block ends."""
    port = doors.free_port()
    environment = os.environ | {"RECOVERY_OUTCOMES_HOME": str(home), "RECOVERY_OUTCOMES_AUDIENCE": "manager"}
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    with (home.parent / "streamlit-run.log").open("w") as log:
        process = subprocess.Popen(command, cwd=doors.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            doors.wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield doors.Door(f"http://127.0.0.1:{port}", "manager")
        finally:
            process.terminate()
            process.wait(timeout=20)


def click_to_painted(page: Page, pill: str) -> float:
    """Return the seconds from choosing `pill` until the figure's title has changed and its chart is drawn."""
    before = page.locator("h2").first.inner_text()
    started = time.perf_counter()
    page.get_by_role("button", name=pill, exact=True).or_(
        page.get_by_role("radio", name=pill, exact=True)
    ).first.click()
    page.wait_for_function(
        """before => {
            const app = document.querySelector('[data-testid=stApp]');
            const title = document.querySelector('h2');
            const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
            return app.getAttribute('data-test-script-state') === 'notRunning'
                && title && title.innerText !== before && charts.every(chart => chart.querySelector('.main-svg'));
        }""",
        arg=before,
    )
    return time.perf_counter() - started


def run(size: str) -> list[dict[str, object]]:
    """Return the median click-to-painted time of both servers on the sample; `size` does not change this subject."""
    del size
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        screenshots.prepare(home)
        with (
            doors.serve(home, "manager") as ours,
            streamlit_run(home) as plain,
            doors.chromium() as browser,
            doors.visit(browser) as our_page,
            doors.visit(browser) as plain_page,
        ):
            doors.open_page(our_page, ours.url("staying"))
            doors.open_page(plain_page, plain.url("staying"))
            times: dict[str, list[float]] = {"ours": [], "plain": []}
            for turn in range(ROUNDS):
                pill = PILLS[turn % 2]
                times["ours"].append(click_to_painted(our_page, pill))
                times["plain"].append(click_to_painted(plain_page, pill))
    ours_ms, plain_ms = (1000 * statistics.median(times[side]) for side in ("ours", "plain"))
    return [
        {
            "name": "click to painted, Staying on the sample",
            "ours": ours_ms,
            "other": plain_ms,
            "unit": "ms",
            "ratio": plain_ms / ours_ms,
            "note": "the same page under `streamlit run`",
        }
    ]
