"""How patient tests are on this machine: ../harness/pace.sh says why, and how it is found."""

from __future__ import annotations

import os

TIMES = max(1, int(os.environ.get("ZHUCUN_TEST_PATIENCE") or 1))


def patient(quiet_s: float) -> float:
    """Seconds to wait for what takes so many at most on a quiet machine."""
    return quiet_s * TIMES
