"""What goes with a row that is kept out: the rows that belong to it, and the links to it of rows that do without."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.schema import Table
from tests.second_checks.found import ORPHANED, Found
from tests.second_checks.reading import Mask
from tests.second_checks.references import Named, parent_of, place_of


def follow(found: Found, table: Table, rows: pd.DataFrame, parents: Mapping[str, Named]) -> Mask:
    """Note the rows of `table` that name a row that is kept out, and return which of its rows are kept out in the end.

    A row that breaks a rule of its own is kept out under that alone.
    """
    own = found.out(table.name, len(rows))
    lost = np.zeros(len(rows), bool)
    for column in table.incoming:
        if not (parent := parent_of(column)):
            continue
        gone = parents[parent].out_of(rows[place_of(column)].to_numpy())
        if column.required:
            lost |= gone
        else:
            found.note(table.name, {"link_in_quarantine": gone})
    found.note(table.name, {ORPHANED: lost & ~own})
    return own | lost
