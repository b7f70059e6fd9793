"""Run pytest again and again in the current folder, each time in a fresh process that has the libraries loaded.

Started by `mutant.Copy`: reads arguments as one JSON list a line, writes the exit code and what was said as another.
Loading NumPy, pandas, DuckDB and SciPy takes longer than most of the tests that a broken rule needs. The code under
test is never loaded here, so that every run reads it anew.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile

import duckdb  # noqa: F401
import hypothesis  # noqa: F401
import numpy as np  # noqa: F401
import pandas as pd  # noqa: F401
import pytest
import scipy.optimize
import scipy.sparse
import scipy.stats  # noqa: F401

if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        with tempfile.TemporaryFile() as said:
            child = os.fork()
            if not child:
                for number in (1, 2):
                    os.dup2(said.fileno(), number)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                code = 3
                try:
                    code = int(pytest.main(json.loads(line)))
                finally:
                    sys.stdout.flush()
                    os._exit(code)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said.seek(0)
            answers.write(json.dumps([code, said.read().decode(errors="replace")]) + "\n")
            answers.flush()
