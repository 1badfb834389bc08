"""Components under guardians: nothing outlives its owner, and nothing foreign is touched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from localdev import guardian
from localdev.processes import GuardedProcess, sweep, wait_until
from tests.localdev.toys import SpawnToy, alive, read_pid

# A toy that notes its pid and then waits for a signal.
WAIT = """
import os, pathlib, signal
pathlib.Path("{name}").write_text(f"{{os.getpid()}}\\n")
signal.pause()
"""
# One that starts a child in a session of its own, as PostgreSQL's backends and Airflow's tasks are.
PARENT = (
    """
import os
if os.fork() == 0:
    os.setsid()
"""
    + "\n".join("    " + line for line in WAIT.format(name="child").splitlines())
    + WAIT.format(name="parent")
)
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + PARENT

needs_linux = pytest.mark.skipif(not guardian.LINUX, reason="needs sub-reapers")


def test_a_component_ends_with_its_own_exit_code(spawn: SpawnToy) -> None:
    process = spawn("print('last words'); raise SystemExit(7)")
    assert process.wait(10.0) == 7
    assert process.log_tail() == "last words"


def test_the_log_tail_is_of_this_process_only(spawn: SpawnToy) -> None:
    spawn("print('first')").wait(10.0)
    second = spawn("print('second')")
    second.wait(10.0)
    assert second.log_tail() == "second"
    assert second.log.read_text() == "first\nsecond\n"


def test_stop_ends_the_component(spawn: SpawnToy, tmp_path: Path) -> None:
    process = spawn(WAIT.format(name="parent"))
    pid = read_pid(tmp_path / "parent")
    assert process.poll() is None
    process.stop()
    assert not alive(pid)
    assert not (tmp_path / "component-toy.json").exists()


@needs_linux
def test_stop_ends_a_stubborn_component_and_its_detached_child(
    spawn: SpawnToy, tmp_path: Path
) -> None:
    process = spawn(STUBBORN)
    pids = [read_pid(tmp_path / name) for name in ("parent", "child")]
    process.stop()
    assert not any(map(alive, pids))


@needs_linux
def test_a_component_that_is_killed_leaves_no_child(spawn: SpawnToy, tmp_path: Path) -> None:
    process = spawn(PARENT)
    child = read_pid(tmp_path / "child")
    os.kill(read_pid(tmp_path / "parent"), signal.SIGKILL)
    assert process.wait(10.0) == 128 + signal.SIGKILL
    assert not alive(child)


def test_signals_ignored_by_the_owner_are_not_ignored_by_the_component(
    spawn: SpawnToy, tmp_path: Path
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = spawn(WAIT.format(name="parent"))
        pid = read_pid(tmp_path / "parent")
    finally:
        signal.signal(signal.SIGINT, before)
    os.kill(pid, signal.SIGINT)
    assert process.wait(10.0) is not None


def test_a_command_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    missing = GuardedProcess(
        [str(tmp_path / "missing")],
        record=tmp_path / "missing.json",
        log=tmp_path / "missing.log",
        environment={},
        directory=tmp_path,
    )
    assert missing.wait(10.0) == 127
    assert "could not start" in missing.log_tail()


OWNER = """
import signal, sys
from pathlib import Path
from localdev.processes import GuardedProcess
here = Path(sys.argv[1])
process = GuardedProcess(
    [sys.executable, "-c", (here / "toy.py").read_text()],
    record=here / "component-toy.json", log=here / "toy.log", environment={{}}, directory=here,
)
{after}
signal.pause()
"""


def run_owner(here: Path, toy: str, after: str = "") -> subprocess.Popen[bytes]:
    """Start a process of its own that owns a toy component."""
    (here / "toy.py").write_text(toy)
    root = Path(guardian.__file__).parent.parent
    return subprocess.Popen(
        [sys.executable, "-c", OWNER.format(after=after), str(here)], cwd=root, env={}
    )


@needs_linux
def test_kill_9_of_the_owner_leaves_nothing(tmp_path: Path) -> None:
    owner = run_owner(tmp_path, PARENT)
    pids = [read_pid(tmp_path / name) for name in ("parent", "child")]
    owner.kill()
    owner.wait()
    assert wait_until(lambda: not any(map(alive, pids)), 10.0)
    assert wait_until(lambda: not (tmp_path / "component-toy.json").exists(), 10.0)


@needs_linux
def test_sweep_ends_what_a_killed_guardian_left(tmp_path: Path) -> None:
    same_session = PARENT.replace("    os.setsid()\n", "    pass\n")
    owner = run_owner(tmp_path, same_session)
    try:
        parent, child = (read_pid(tmp_path / name) for name in ("parent", "child"))
        record = tmp_path / "component-toy.json"
        assert wait_until(record.exists, 10.0)
        os.kill(json.loads(record.read_text())["guardian"][0], signal.SIGKILL)
        # The kernel takes the component along, but not the component's own children.
        assert wait_until(lambda: guardian.start_mark(parent) is None, 10.0)
        assert guardian.start_mark(child) is not None
        assert sweep(record)
        assert guardian.start_mark(child) is None
        assert not record.exists()
    finally:
        owner.kill()
        owner.wait()


def test_sweep_spares_a_process_that_got_the_pid_later(tmp_path: Path) -> None:
    bystander = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True
    )
    try:
        record = tmp_path / "component-toy.json"
        mark = guardian.start_mark(bystander.pid)
        assert mark is not None
        other = mark[:-1] + ("1" if mark[-1] != "1" else "2")
        pair = [bystander.pid, other]
        record.write_text(json.dumps({"guardian": pair, "child": pair}))
        assert not sweep(record)
        assert bystander.poll() is None
        assert not record.exists()
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"guardian": [1]}', "null"])
def test_a_damaged_record_is_dropped(tmp_path: Path, text: str) -> None:
    record = tmp_path / "component-toy.json"
    record.write_text(text)
    assert not sweep(record)
    assert not record.exists()


def test_no_record_is_nothing_to_sweep(tmp_path: Path) -> None:
    assert not sweep(tmp_path / "missing.json")


def test_a_zombie_has_no_start_mark() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    assert wait_until(lambda: guardian.start_mark(child.pid) is None, 10.0)
    child.wait()
