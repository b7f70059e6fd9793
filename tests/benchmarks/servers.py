"""The two servers that the benchmarks of the pages compare, and what each of them uses of the processor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.browser import doors

IDLE_SHARE = 0.05
"""Share of a core below which a server does nothing."""


@dataclass(frozen=True)
class Server:
    """One running dashboard: where it is, and its process."""

    door: doors.Door
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Return the seconds of processor time used so far, all threads together."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def until_idle(self, at_most: float) -> None:
        """Return when nothing is worked ahead any more, or after `at_most` seconds."""
        end = time.monotonic() + at_most
        while time.monotonic() < end:
            before = self.cpu_seconds()
            time.sleep(1)
            if self.cpu_seconds() - before < IDLE_SHARE:
                return


@contextmanager
def ours(home: Path) -> Iterator[Server]:
    """Serve the manager's door as `recovery-outcomes serve` does, until the block ends."""
    with doors.serve(home, "manager") as door:
        yield Server(door, _child_with(door.address.rpartition(":")[2]))


@contextmanager
def plain(home: Path) -> Iterator[Server]:
    """Run the same pages under `streamlit run`, drawn with st.plotly_chart, on a free port until the block ends.

    It collects garbage after every run, as Streamlit does unless told otherwise.
    """
    port = doors.free_port()
    environment = os.environ | {"RECOVERY_OUTCOMES_HOME": str(home), "RECOVERY_OUTCOMES_AUDIENCE": "manager"}
    command = [sys.executable, "-m", "tests.benchmarks.streamlit_run_baseline", "dashboard/app.py"]
    command += [
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        "--server.address",
        "127.0.0.1",
        "--runner.postScriptGC",
        "true",
    ]
    with (home.parent / "streamlit-run.log").open("w") as log:
        process = subprocess.Popen(command, cwd=doors.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            doors.wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield Server(doors.Door(f"http://127.0.0.1:{port}", "manager"), psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(timeout=20)


def _child_with(argument: str) -> psutil.Process:
    """Return the process started here whose command names `argument`."""
    return next(child for child in psutil.Process().children() if argument in child.cmdline())
