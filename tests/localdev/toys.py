"""Helpers for toy components."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from localdev.processes import GuardedProcess, StopStep, wait_until

SpawnToy = Callable[..., GuardedProcess]

# Short steps: a toy that ignores SIGTERM must not cost seconds.
QUICK = (StopStep(signal.SIGTERM, 0.3), StopStep(signal.SIGKILL, 1.0))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def read_pid(path: Path) -> int:
    """Wait for a toy to write its pid, whole."""

    def written() -> bool:
        return path.exists() and path.read_text().endswith("\n")

    assert wait_until(written, 10.0), f"{path.name} was not written"
    return int(path.read_text())
