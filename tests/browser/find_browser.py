"""Find a Chromium for the browser tests, or get one: system browser, Playwright download, distribution package.

Run as a script it prints the path, or says what to do and exits with 1: browser tests are never skipped silently.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REMEDY = (
    "No Chromium was found and none could be installed. Install Chromium or Chrome "
    "(for instance 'apt-get install chromium'), or set CHROMIUM to its path, and run make test again."
)


def system_browser() -> str | None:
    """Return the path of an installed Chromium or Chrome; the environment variable CHROMIUM wins."""
    named = os.environ.get("CHROMIUM")
    if named and Path(named).exists():
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def playwright_browser() -> str | None:
    """Return the path of Playwright's own Chromium if it has been downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """Return the path of a usable browser, or None."""
    return system_browser() or playwright_browser()


def obtain() -> str | None:
    """Return the path of a usable browser, downloading or installing one if there is none."""
    if found := find():
        return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if found := find():
        return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    return find()


if __name__ == "__main__":
    path = obtain()
    print(f"Browser for the tests: {path}" if path else REMEDY)
    sys.exit(0 if path else 1)
