"""Load bad files one after the other in a process that did not write them, and print its peak memory after each.

Reads a pickled list of (case without its writer, source, folder) from the file it is given; the first line printed is
the peak after an empty load, in kilobytes, then one line of JSON for each file.
"""

from __future__ import annotations

import json
import pickle
import re
import resource
import sys
import tempfile
import traceback
from pathlib import Path

import pytest

from tests.pipelines.bad_files.loading import Installation, judge_written


def peak() -> int:
    """Return the largest memory this process has held, in kilobytes.

    Linux: of the process since it was started; `getrusage` there begins with what the parent held (measured).
    """
    status = Path("/proc/self/status")
    if status.exists():
        (found,) = re.findall(r"^VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"), re.MULTILINE)
        return int(found)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def main(listed: Path) -> None:
    """Print the peaks."""
    cases = pickle.loads(listed.read_bytes())
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        at = Installation(Path(folder), patch)
        print(peak(), flush=True)
        for case, source, its_folder in cases:
            wrong = ""
            try:
                judge_written(case, source, its_folder, at)
            except Exception as error:
                wrong = "".join(traceback.format_exception(error))[-3000:]
            print(json.dumps({"id": case.id, "peak": peak(), "wrong": wrong}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
