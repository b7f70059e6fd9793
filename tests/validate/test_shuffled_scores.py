"""How often groups of people seem to differ when scores are dealt out at random, at full size."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pipelines.test_subgroups import shuffled_alarms

pytestmark = pytest.mark.validate
TIMES = 200


def test_q_values_keep_false_alarms_to_about_one_in_twenty(sample_home) -> None:
    """Benjamini-Hochberg at 0.05 with nothing to find: any alarm in 5 of 100, within three Monte-Carlo errors."""
    share = shuffled_alarms(sample_home, TIMES) / TIMES
    print(f"any q-value below 0.05 in {100 * share:.1f} of 100")
    assert share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / TIMES)
