"""The guardian: a small process that runs one component and outlives it, but never its owner.

A component started directly survives a `kill -9` of the runner, and a component that dies leaves
its own children behind (the Airflow scheduler forks eight workers, each of which forks tasks in
process groups of their own; every PostgreSQL backend is a session of its own). So each component
runs under a guardian that

* holds the read end of a pipe, the lifeline, whose only write end is in the owner. However the
  owner ends, the kernel closes it, and the guardian takes its component down;
* is a sub-reaper (Linux): orphans of the component become children of the guardian, whatever
  session or group they moved to, so none can slip away, and no zombie stays behind where PID 1
  does not reap (containers without an init);
* has the kernel kill the component should the guardian itself be killed (Linux).

SIGTERM tells a guardian to stop its component; each further SIGTERM skips to the next, harsher
signal. The guardian exits with the component's exit code, once nothing of it is left.

This file is executed as a script by a bare interpreter, so that it starts in milliseconds: it
imports the standard library only and nothing of this package.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def stat_fields(pid: int) -> list[str] | None:
    """Return the fields of /proc/<pid>/stat after the command name, the state first."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command name stands in parentheses and may itself contain blanks and parentheses.
    return text.rpartition(")")[2].split()


def start_mark(pid: int) -> str | None:
    """Return a mark of the process, not only of its pid; None if it has ended.

    A zombie counts as gone: it runs nothing and holds nothing.
    """
    if not LINUX:
        shown = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
        state, _, started = shown.partition(" ")
        return None if not started or state.startswith("Z") else started.strip()
    fields = stat_fields(pid)
    if fields is None or fields[0] in "ZX":
        return None
    # The start time counts clock ticks since boot, so it needs the boot to be unique.
    return f"{boot_id()}/{fields[19]}"


def boot_id() -> str:
    """Return the id of this boot of the machine (Linux)."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def children_of(parent: int) -> list[int]:
    """Return the direct children of a process, zombies included (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = stat_fields(int(entry.name))
            if fields is not None and int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def prctl(option: int, value: int) -> None:
    """Tell the kernel about this process; the standard library has no prctl."""
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


class Guardian:
    """Runs one command to its end, or to ours."""

    def __init__(self, lifeline: int, plan: dict[str, Any]) -> None:
        self.lifeline = lifeline
        self.record = Path(plan["record"])
        self.command: list[str] = plan["command"]
        self.account: dict[str, Any] = plan["account"]
        self.stop_steps: list[tuple[int, float]] = [(s[0], s[1]) for s in plan["stop_steps"]]
        self.orphan_grace: float = plan["orphan_grace"]
        self.child = 0
        self.exit_code: int | None = None
        self.requests = 0
        self.wakeup, self.waker = os.pipe()

    def run(self) -> int:
        """Start the command, wait for its end or for an order to stop it, clear up."""
        self._listen_to_signals()
        if LINUX:
            prctl(PR_SET_CHILD_SUBREAPER, 1)
        try:
            self._spawn()
        except (OSError, subprocess.SubprocessError) as error:
            print(f"could not start {self.command[0]}: {error}", file=sys.stderr, flush=True)
            return 127
        try:
            self._write_record()
            self._watch()
        except OSError as error:
            print(f"the guardian gives up: {error}", file=sys.stderr, flush=True)
            self._signal_component(signal.SIGKILL)
        finally:
            self._end_descendants()
            self.record.unlink(missing_ok=True)
        return 127 if self.exit_code is None else self.exit_code

    def _listen_to_signals(self) -> None:
        os.set_blocking(self.waker, False)
        os.set_blocking(self.wakeup, False)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        # Handlers, not SIG_IGN: an ignored signal stays ignored in the component, a handler does
        # not. (A shell script starts background jobs with SIGINT ignored, and with that Airflow
        # and PostgreSQL would not stop on SIGINT either.)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, self._on_request)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def _on_request(self, number: int, _frame: object) -> None:
        if number == signal.SIGTERM:
            self.requests += 1

    def _spawn(self) -> None:
        guardian = os.getpid()

        def die_with_the_guardian() -> None:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != guardian:
                os._exit(127)

        child = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # This process has one thread, which is what makes preexec_fn safe.
            preexec_fn=die_with_the_guardian if LINUX else None,  # noqa: PLW1509
            **self.account,
        )
        self.child = child.pid
        child.returncode = 0  # We reap it ourselves, Popen must not try.

    def _write_record(self) -> None:
        """Leave word for the next start, should it have to clear up after both of us."""
        record = {
            "guardian": [os.getpid(), start_mark(os.getpid())],
            "child": [self.child, start_mark(self.child)],
        }
        partial = self.record.with_suffix(".partial")
        partial.write_text(json.dumps(record), encoding="utf-8")
        partial.replace(self.record)

    def _watch(self) -> None:
        """Wait until the component has ended, stopping it when told to."""
        step = -1
        deadline: float | None = None
        orphaned = False
        while not self._reap():
            now = time.monotonic()
            overdue = deadline is not None and now >= deadline
            if self.requests or overdue or (orphaned and step < 0):
                self.requests = max(0, self.requests - 1)
                step = min(step + 1, len(self.stop_steps) - 1)
                number, patience = self.stop_steps[step]
                self._signal_component(number)
                deadline = now + patience
            if orphaned and deadline is not None:
                deadline = min(deadline, now + self.orphan_grace)
            watched = [self.wakeup] if orphaned else [self.wakeup, self.lifeline]
            pause = None if deadline is None else max(0.0, deadline - now)
            ready, _, _ = select.select(watched, [], [], pause)
            orphaned = orphaned or self.lifeline in ready
            if self.wakeup in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.wakeup, 4096)

    def _reap(self) -> bool:
        """Collect what has ended; true once the component itself has."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == self.child:
                code = os.waitstatus_to_exitcode(status)
                self.exit_code = code if code >= 0 else 128 - code
            if pid == 0:
                return self.exit_code is not None

    def _signal_component(self, number: int) -> None:
        # SIGKILL goes to the whole group; anything gentler only to the leader, which knows how to
        # end its children in order (the scheduler lets running tasks finish).
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(self.child, number)
            else:
                os.kill(self.child, number)

    def _end_descendants(self) -> None:
        """Kill what the component left behind and wait until it is gone."""
        if not LINUX:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.child, signal.SIGKILL)
            return
        while children := children_of(os.getpid()):
            for pid in children:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            for pid in children:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def main() -> NoReturn:
    """Entry point: argument 1 is the lifeline's file descriptor, argument 2 the plan as JSON."""
    sys.exit(Guardian(int(sys.argv[1]), json.loads(sys.argv[2])).run())


if __name__ == "__main__":
    main()
