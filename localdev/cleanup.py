"""`make stop` and `make clean`. Standard library only: they work when nothing is installed."""

from __future__ import annotations

import shutil

from localdev import postgres_home
from localdev.console import Console
from localdev.errors import LocalRunError
from localdev.files import Layout
from localdev.lock import Holder, RunLock
from localdev.processes import is_same_process, sweep, terminate, wait_until

# The runner needs that long in the worst case: each component has its patience before SIGKILL.
STOP_SECONDS = 90.0


def stop(layout: Layout, console: Console) -> int:
    """Stop a running runner, and whatever a killed one has left behind."""
    if not layout.run.is_dir():
        console.say("Nothing runs here")
        return 0
    _locked(layout, console).release()
    console.say("Stopped: nothing of this checkout runs any more")
    return 0


def clean(layout: Layout, console: Console) -> int:
    """Stop everything, then remove all local state."""
    if not layout.local.exists():
        console.say("Nothing to clean")
        return 0
    lock = _locked(layout, console) if layout.run.is_dir() else None
    try:
        # The only part that may lie outside.
        postgres_home.destroy(layout.postgres)
        shutil.rmtree(layout.local)
    except OSError as error:
        raise LocalRunError(f"cannot remove {error.filename}: {error.strerror}") from None
    finally:
        if lock is not None:
            lock.release()
    console.say(f"Removed {layout.local}")
    return 0


def _locked(layout: Layout, console: Console) -> RunLock:
    """Stop a living runner, take its place, and sweep up."""
    lock = RunLock(layout.run)
    if not lock.take():
        # A runner that is only just starting introduces itself in a moment.
        wait_until(lambda: lock.holder() != Holder(), 5.0)
        runner = lock.holder()
        if is_same_process(runner.pid, runner.mark):
            console.say(f"Stopping the run of process {runner.pid}")
            terminate(runner.pid, runner.mark, STOP_SECONDS)
        if not wait_until(lock.take, 10.0):
            raise LocalRunError("a run of this checkout is alive and does not stop")
    sweep_all(layout)
    return lock


def sweep_all(layout: Layout) -> bool:
    """End what a killed run left; true if something was alive."""
    alive = [sweep(record) for record in sorted(layout.run.glob("component-*.json"))]
    for home in postgres_home.homes(layout.postgres):
        postgres_home.clear_the_way(home)
    return any(alive)
