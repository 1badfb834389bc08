"""Starting and stopping components under a guardian, and sweeping up what a killed run left.

A pid alone says nothing: it may belong to another program by now. So every pid that is written
down stands beside the start mark of its process (see `guardian.start_mark`), and nothing is
signalled unless both still agree.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localdev import guardian
from localdev.errors import LocalRunError

# A log that grew beyond this in an earlier run makes room for a new one.
LOG_ROTATE_BYTES = 5_000_000
# How long a component may still clear up after the runner itself was killed.
ORPHAN_GRACE_SECONDS = 3.0
SWEEP_SECONDS = 20.0


@dataclass(frozen=True)
class StopStep:
    """A signal, and how long to wait for its effect before the next, harsher one."""

    signal: signal.Signals
    patience_seconds: float


TERMINATE = (StopStep(signal.SIGTERM, 15.0), StopStep(signal.SIGKILL, 1.0))


@dataclass(frozen=True)
class Account:
    """The operating system account a component runs as, when that is not our own."""

    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        """Return the arguments that make subprocess switch to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


class GuardedProcess:
    """One component under its guardian, from start to end."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        record: Path,
        log: Path,
        environment: Mapping[str, str],
        directory: Path,
        stop_steps: Sequence[StopStep] = TERMINATE,
        account: Account | None = None,
    ) -> None:
        self.log = log
        plan = {
            "command": list(command),
            "record": str(record),
            "account": account.popen_arguments() if account else {},
            "stop_steps": [[int(step.signal), step.patience_seconds] for step in stop_steps],
            "orphan_grace": ORPHAN_GRACE_SECONDS,
        }
        record.parent.mkdir(parents=True, exist_ok=True)
        # Should the guardian of the predecessor have been killed, its component may live on.
        sweep(record)
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_ROTATE_BYTES:
            log.replace(log.with_suffix(".log.1"))
        reader, self._lifeline = os.pipe()
        try:
            with log.open("ab") as output:
                self.log_start = output.tell()
                self._process = subprocess.Popen(
                    # -I and -S: nothing of the user's environment or of site-packages.
                    [sys.executable, "-I", "-S", guardian.__file__, str(reader), json.dumps(plan)],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(environment),
                    cwd=directory,
                    pass_fds=(reader,),
                    start_new_session=True,
                )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(reader)

    def poll(self) -> int | None:
        """Return the exit code once the component and all it started have ended, else None."""
        code = self._process.poll()
        if code is not None and self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        return code

    def ask_to_stop(self) -> None:
        """Ask for an orderly stop. Asking again means: less orderly, but now."""
        if self.poll() is None:
            self._process.terminate()

    def wait(self, timeout_seconds: float | None = None) -> int | None:
        """Wait for the end; None if it did not come in time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_seconds)
        return self.poll()

    def stop(self) -> int:
        """Stop in order and wait for it: the guardian sees to it that this ends."""
        self.ask_to_stop()
        self._process.wait()
        return self.poll() or 0

    def log_tail(self, lines: int = 12) -> str:
        """Return the last lines of what this process itself has logged."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(self.log_start)
                text = stream.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.strip().splitlines()[-lines:])


def wait_until(condition: Callable[[], bool], timeout_seconds: float) -> bool:
    """Poll a condition; false when it did not come true in time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True


def is_same_process(pid: int, mark: str | None) -> bool:
    """Whether the process that was written down is still there."""
    return mark is not None and guardian.start_mark(pid) == mark


def all_pids() -> list[int]:
    """Return the pids of all processes on this machine."""
    if guardian.LINUX:
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    shown = subprocess.run(
        ["ps", "-A", "-o", "pid="],
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(line) for line in shown.stdout.split()]


def session_members(session: int) -> list[int]:
    """Return the living processes of a session."""
    members = []
    for pid in all_pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session and guardian.start_mark(pid) is not None:
                members.append(pid)
    return members


def terminate(pid: int, mark: str | None, patience_seconds: float) -> None:
    """End one process that was written down: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not is_same_process(pid, mark):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            raise LocalRunError(
                f"process {pid} of an earlier run belongs to another user; stop it first"
            ) from None
        if wait_until(lambda: not is_same_process(pid, mark), patience_seconds):
            return


def sweep(record: Path) -> bool:
    """End what the record of an earlier run still names; true if something was alive.

    Usually the guardians have seen to that themselves; they may be a moment away from their end,
    or have been killed, too.
    """
    try:
        noted = json.loads(record.read_text(encoding="utf-8"))
        (guardian_pid, guardian_mark), (child_pid, child_mark) = noted["guardian"], noted["child"]
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError):
        # A record cut short by a full disk or a power failure tells nothing.
        record.unlink(missing_ok=True)
        return False
    found = is_same_process(guardian_pid, guardian_mark)
    if found:
        terminate(guardian_pid, guardian_mark, SWEEP_SECONDS)
    if _session_is_ours(child_pid, child_mark) and (members := session_members(child_pid)):
        found = True
        for pid in members:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not session_members(child_pid), SWEEP_SECONDS)
    record.unlink(missing_ok=True)
    return found


def _session_is_ours(leader: int, mark: str | None) -> bool:
    """Whether the session that a component led may still be taken for that component's.

    With a living leader the marks decide. When the leader alone was killed, its pid names the
    session until the last member has ended: the kernel does not give it to a new process before.
    """
    now = guardian.start_mark(leader)
    if now is not None or mark is None:
        return now is not None and now == mark
    return guardian.LINUX and mark.startswith(guardian.boot_id())
