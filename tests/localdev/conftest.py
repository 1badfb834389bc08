"""Fixtures of the local runner's tests: toy components instead of Airflow."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localdev.processes import GuardedProcess
from tests.localdev.toys import QUICK, SpawnToy


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[SpawnToy]:
    """Spawn toy components: Python source, run under a guardian."""
    spawned: list[GuardedProcess] = []

    def spawn_toy(source: str, name: str = "toy") -> GuardedProcess:
        process = GuardedProcess(
            [sys.executable, "-c", source],
            record=tmp_path / f"component-{name}.json",
            log=tmp_path / f"{name}.log",
            environment={"HERE": str(tmp_path), "PATH": os.environ["PATH"]},
            directory=tmp_path,
            stop_steps=QUICK,
        )
        spawned.append(process)
        return process

    yield spawn_toy
    for process in spawned:
        with contextlib.suppress(ProcessLookupError):
            process.stop()
