"""Start the dashboard as a person would and look at it through a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.find_browser import ARGUMENTS, find

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "manager": (
        "overview",
        "how_it_helps",
        "staying",
        "trust_and_confidence",
        "sites_and_coaches",
        "report",
        "get_the_data",
        "your_data",
        "methods",
    ),
    "public": ("overview", "how_it_helps", "staying", "trust_and_confidence", "report", "get_the_data", "methods"),
}
LOOKS = ("By enrolment", "What changed", "Other gaps", "Attendance and caseload", "Helping others")
"""Further looks at staying beside the one that stands there first."""
SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton]')
        && [...document.querySelectorAll('[data-testid=chart]')].every(chart => chart.ariaBusy === 'false');
}"""
START_SECONDS = 180
PAINT_MILLISECONDS = 45_000


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Door:
    """One running dashboard: its address and its audience."""

    address: str
    audience: str

    def url(self, page: str, query: str = "") -> str:
        """Return the address of a page; the overview is the root."""
        path = "" if page == "overview" else page
        return f"{self.address}/{path}" + (f"?{query}" if query else "")


@contextmanager
def serve(home: Path, audience: str, role: str = "") -> Iterator[Door]:
    """Run `recovery-outcomes serve` on a free port until the block ends; `role` names the menu of the public door."""
    port = free_port()
    environment = os.environ | {"RECOVERY_OUTCOMES_HOME": str(home)}
    environment |= {"RECOVERY_OUTCOMES_ROLE": role} if role else {}
    command = [sys.executable, "-m", "pipelines.cli", "serve", "--audience", audience, "--port", str(port), "--no-open"]
    with (home.parent / f"serve-{role or audience}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield Door(f"http://127.0.0.1:{port}", audience)
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; RuntimeError if it stops or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with exit code {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("the server did not answer in time")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a headless browser; RuntimeError with the remedy if there is none."""
    path = find()
    if path is None:
        raise RuntimeError("no Chromium found: run python tests/browser/find_browser.py")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, width: int = 1440, theme: str = "light") -> Iterator[Page]:
    """Yield a page of its own session; every address it asks for is kept in `page.requested`."""
    context = browser.new_context(
        viewport={"width": width, "height": 1000 if width > 800 else 844},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PAINT_MILLISECONDS)
    page.requested = set()  # type: ignore[attr-defined]
    page.on("request", lambda request: _note(page.requested, request.url))  # type: ignore[attr-defined]
    yield page
    context.close()


def _note(requested: set[str], address: str) -> None:
    """Add the host of `address`; a blob was made inside the page and is asked of nobody."""
    if not address.startswith("blob:"):
        requested.add(urlsplit(address).netloc)


def open_page(page: Page, address: str) -> None:
    """Go to `address` and return when the page has been worked out and its charts are painted."""
    page.goto(address)
    page.wait_for_selector("h1")
    settle(page)


def settle(page: Page) -> None:
    """Return when Streamlit has stopped running and every chart holds a drawing, twice a moment apart.

    Between two runs of a page it stands still for a moment, on a busy machine for longer.
    """
    for _ in range(2):
        page.wait_for_function(SETTLED)
        page.wait_for_timeout(300)
