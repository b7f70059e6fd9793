"""Every rule of the gate, broken in turn: the declaration from which the tests of mutations and their page are made."""

from __future__ import annotations

from tests.mutations.doors import DOORS
from tests.mutations.printing import PRINTING
from tests.mutations.publishing import PUBLISHING

CATALOGUE = (*PRINTING, *PUBLISHING, *DOORS)
