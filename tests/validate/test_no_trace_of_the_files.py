"""Records are loaded many times, each in a process of its own, and an attacker reads the bytes of what was written.

With one build that wrote them itself, 5 of 80 such files held identifiers.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.validate
LOADS = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from pipelines.load import load

    for _ in range(2):
        load(Path(sys.argv[1]), Path(sys.argv[2]))
    """
)
IDENTIFIER = re.compile(rb"\b[PEASV]-\d{5}")


def test_no_load_of_sixty_leaves_an_identifier_in_the_bytes_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = Path("data/sample")
    assert IDENTIFIER.search((sample / "episodes.csv").read_bytes())
    for number in range(30):
        home = tmp_path / str(number)
        monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(home / "secret" / "key"))
        subprocess.run([sys.executable, "-c", LOADS, str(sample), str(home / "home")], check=True, timeout=120)
        written = list((home / "home").rglob("*.duckdb"))
        assert len(written) == 2
        assert not [path.name for path in written if IDENTIFIER.search(path.read_bytes())], number
