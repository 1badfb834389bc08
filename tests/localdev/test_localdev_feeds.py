"""Several runs at once each have demo feeds of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from localdev import feeds, ports
from localdev.errors import LocalRunError
from localdev.files import Memory
from localdev.processes import GuardedProcess, wait_until
from tests.localdev.toys import QUICK

ROOT = Path(__file__).parents[2]
SERVER = ["-m", "include.demo", "--port"]
BROKEN = ["-c", "import sys; sys.exit('no such feeds')"]

Start = Callable[[str], tuple[GuardedProcess, list[int]]]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    assert wait_until(condition, 60), what


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start feeds as a run with a folder of its own does; return them and the ports it tried."""
    with ExitStack() as cleanup:

        def start(name: str, program: list[str] = SERVER) -> tuple[GuardedProcess, list[int]]:
            tried: list[int] = []
            folder = tmp_path / name
            folder.mkdir()

            def spawn(port: int) -> GuardedProcess:
                tried.append(port)
                process = GuardedProcess(
                    [sys.executable, *program, str(port)],
                    record=folder / "component.json",
                    log=folder / "log",
                    environment={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
                    directory=ROOT,
                    stop_steps=QUICK,
                )
                cleanup.callback(process.stop)
                return process

            return feeds.start(Memory(folder / "memory.json"), spawn, wait_for), tried

        yield start


def test_a_port_that_another_run_takes_in_the_same_moment_is_left_to_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see the same port free, as they do when neither has bound it yet."""
    contested = ports.any_free()
    monkeypatch.setattr(feeds, "PREFERRED_PORT", contested)
    really_free = ports.is_free
    seen: list[int] = []

    def free_at_first(port: int) -> bool:
        seen.append(port)
        return seen.count(port) <= 2 or really_free(port)

    monkeypatch.setattr(ports, "is_free", free_at_first)
    with ThreadPoolExecutor(2) as pool:
        (first, first_ports), (second, second_ports) = pool.map(start, ("first", "second"))

    assert first.poll() is None
    assert second.poll() is None
    assert {first_ports[0], second_ports[0]} == {contested}
    assert first_ports[-1] != second_ports[-1]
    for process, port in ((first, first_ports[-1]), (second, second_ports[-1])):
        assert f"http://127.0.0.1:{port}/" in process.log_tail()


def test_feeds_that_end_for_another_reason_are_reported_with_their_log(start: Start) -> None:
    with pytest.raises(LocalRunError, match="no such feeds"):
        start("broken", BROKEN)  # type: ignore[call-arg]
