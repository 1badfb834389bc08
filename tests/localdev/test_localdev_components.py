"""The supervisor: restarts, order of stopping, giving up."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from localdev import components
from localdev.components import Component, Supervisor
from localdev.errors import LocalRunError
from localdev.processes import wait_until
from tests.localdev.toys import SpawnToy, read_pid

TOY = """
import os, pathlib, signal
def bye(*_):
    with open("stopped", "a") as stream:
        stream.write("{name}\\n")
    raise SystemExit
signal.signal(signal.SIGTERM, bye)
pathlib.Path("{name}").write_text(f"{{os.getpid()}}\\n")
while True:
    signal.pause()
"""


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "FIRST_BACKOFF_SECONDS", 0.0)


def toy(spawn: SpawnToy, name: str, needs: tuple[str, ...] = ()) -> Component:
    return Component(name, lambda: spawn(TOY.format(name=name), name), needs)


def test_a_component_that_dies_is_restarted(spawn: SpawnToy, tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    supervisor.start(toy(spawn, "a"))
    first = read_pid(tmp_path / "a")
    (tmp_path / "a").unlink()
    os.kill(first, signal.SIGKILL)

    def back() -> bool:
        supervisor.tick()
        return (tmp_path / "a").exists()

    assert wait_until(back, 10.0)
    assert read_pid(tmp_path / "a") != first
    assert told == ["a died (exit code 137); restarting it in 0 s", "a is back"]
    supervisor.stop()


def test_a_component_that_needs_a_restarted_one_is_restarted_too(
    spawn: SpawnToy, tmp_path: Path
) -> None:
    supervisor = Supervisor(lambda _text: None)
    supervisor.start(toy(spawn, "base"))
    supervisor.start(toy(spawn, "other"))
    supervisor.start(toy(spawn, "dependent", needs=("base",)))
    before = {name: read_pid(tmp_path / name) for name in ("base", "other", "dependent")}
    os.kill(before["base"], signal.SIGKILL)

    def replaced(name: str) -> bool:
        supervisor.tick()
        return read_pid(tmp_path / name) != before[name]

    assert wait_until(lambda: replaced("base") and replaced("dependent"), 10.0)
    assert not replaced("other")
    supervisor.stop()


def test_components_stop_in_the_reverse_order(spawn: SpawnToy, tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _text: None)
    for name in ("postgres", "api-server", "scheduler"):
        supervisor.start(toy(spawn, name))
        read_pid(tmp_path / name)
    supervisor.stop()
    assert (tmp_path / "stopped").read_text().split() == ["scheduler", "api-server", "postgres"]


def test_a_hurried_stop_kills_a_component_that_ignores_it(spawn: SpawnToy, tmp_path: Path) -> None:
    stubborn = TOY.format(name="a").replace("def bye(*_):", "def bye(*_):\n    return")
    supervisor = Supervisor(lambda _text: None)
    supervisor.start(Component("a", lambda: spawn(stubborn, "a")))
    pid = read_pid(tmp_path / "a")
    supervisor.stop(hurry=lambda: True)
    assert wait_until(lambda: not Path(f"/proc/{pid}").exists(), 10.0)


def test_a_component_that_never_starts_is_given_up_with_its_log(spawn: SpawnToy) -> None:
    supervisor = Supervisor(lambda _text: None)
    supervisor.start(Component("a", lambda: spawn("raise SystemExit('no such luck')", "a")))

    def ticking() -> bool:
        supervisor.tick(starting=True)
        return False

    with pytest.raises(LocalRunError, match=r"a does not start.*\n?.*no such luck"):
        wait_until(ticking, 20.0)
    supervisor.stop()


def test_advice_replaces_the_log_of_a_component_that_does_not_start(spawn: SpawnToy) -> None:
    supervisor = Supervisor(lambda _text: None)
    supervisor.start(
        Component(
            "a",
            lambda: spawn("raise SystemExit('address already in use')", "a"),
            advice=lambda log: "take another port" if "already in use" in log else None,
        )
    )

    def ticking() -> bool:
        supervisor.tick()
        return False

    with pytest.raises(LocalRunError, match=r"^take another port$"):
        wait_until(ticking, 20.0)
    supervisor.stop()
