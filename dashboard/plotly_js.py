"""Plotly's JavaScript, as the installed plotly package brings it: where it lies and how our server sends it."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("plotly"))) / "package_data"
NAME = "plotly.min.js"
ADDRESS = f"/plotly-{version('plotly')}.min.js"
"""Where our server has it; the version is in the name, so that a browser may keep it for good."""
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Encoding": "gzip",
    "Content-Type": "text/javascript; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
}


@cache
def compressed() -> bytes:
    """Return the file compressed with gzip, once for each process."""
    return gzip.compress((FOLDER / NAME).read_bytes(), compresslevel=6)
