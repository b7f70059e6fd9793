"""Long simulations run with `make validate` only: without `-m validate` nothing here is collected."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the folder alone unless the marker was asked for."""
    return None if "validate" in str(config.getoption("-m")) else True
