"""A table made of arrays as they are: a tenth of the time of pandas' usual way, of which a page needs dozens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.internals import create_dataframe_from_blocks  # type: ignore[import-not-found]

Block = tuple[npt.NDArray[Any], npt.NDArray[np.intp]]


def block_frame(blocks: Sequence[Block], columns: pd.Index) -> pd.DataFrame:
    """Return a table that shares its arrays with `blocks`: each of shape (columns, rows), with the places of these.

    Every array is of numbers, truth values or objects, all have as many rows, and every place is taken once.
    """
    rows = blocks[0][0].shape[1] if blocks else 0
    table: pd.DataFrame = create_dataframe_from_blocks(list(blocks), index=pd.RangeIndex(rows), columns=columns)
    return table
